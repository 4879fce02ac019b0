import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ClickHouseWorld } from './chdb.js';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

/** Parameters come escaped as in tab-separated values. */
function unescaped(value: string): string {
  return value.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** A small HTTP server that speaks as ClickHouse does, with the ClickHouse of this process behind it. */
export async function serveClickHouse({ session }: Pick<ClickHouseWorld, 'session'>): Promise<{ readonly url: string; readonly requests: string[]; close(): Promise<void> }> {
  const requests: string[] = [];
  const answer = async (url: URL, headers: Record<string, string>, raw: Buffer): Promise<string> => {
    const given = new Map(url.searchParams);
    let body = (headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
    if (headers['content-type']?.startsWith('multipart/form-data') === true) {
      for (const [name, value] of await new Response(new Uint8Array(raw), { headers }).formData()) given.set(name, typeof value === 'string' ? value : await value.text());
      body = given.get('body') ?? '';
    }
    const text = [given.get('query') ?? '', body].filter((part) => part !== '').join('\n');
    requests.push(text.slice(0, 500));
    const database = given.get('database');
    if (database !== undefined) session.query(`USE ${database}`);
    const params = Object.fromEntries([...given].filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice('param_'.length), unescaped(value)]));
    const asked = /\bFORMAT (JSON\w+)\s*$/.exec(text);
    const isInsert = /^\s*INSERT/i.test(text);
    return asked === null || isInsert ? session.query(text) : session.queryBind(text.slice(0, asked.index), params, asked[1]);
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      answer(new URL(request.url ?? '/', 'http://localhost'), headers, Buffer.concat(parts)).then(
        (text) => response.end(text),
        (error: unknown) => response.writeHead(500, { 'X-ClickHouse-Exception-Code': '62' }).end(`Code: 62. DB::Exception: ${error instanceof Error ? error.message : String(error)} (SYNTAX_ERROR)`),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on TCP
    requests,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
