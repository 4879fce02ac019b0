export { addEvidence, type AddedFacts, CaseError, clock, initCase, readCaseTexts, type Verified, verifyCase, type Writer, writeCustody, writeVerdict } from './caseFiles.js';
export { openClickHousePort } from './clickhousePort.js';
export { openClickHouse, parseStoreUrl } from './clickhouseTransport.js';
export { unreadable } from './files.js';
export { type Neighbour, neighbours } from './neighbours.js';
export { linesAt } from './lines.js';
export { openSources, readCase } from './sources.js';
export { startEngine, type StartEngine } from './engineClient.js';
export { createNodePorts } from './enginePorts.js';
