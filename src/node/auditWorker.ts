import { parentPort } from 'node:worker_threads';
import { type AuditPart, AuditPartReader, buffersOf } from '../evidence/index.js';

// A thread that reads parts of audit logs (auditReaders.ts starts it): one answer for each question, in their order.
const reader = new AuditPartReader();
parentPort?.on('message', (part: AuditPart) => {
  const read = reader.read(part);
  parentPort?.postMessage(read, buffersOf(read));
});
