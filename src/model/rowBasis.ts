import { BASES, type Basis } from './basis.js';

/** Rows of a hunt with on which basis each of them rests; no bases: they claim none. */
export interface BasedRows<Cell> {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  readonly bases: readonly Basis[];
}

export type PlainRows<Cell> = Pick<BasedRows<Cell>, 'columns' | 'rows'>;

/** Type of the column that says on which basis a row rests. */
export const BASIS_TYPE = 'basis';

/** As people see them: the basis stands first, where it stays in sight, and only if some row is not simply observed. */
export function basisFirst<Cell>(table: BasedRows<Cell>): PlainRows<Cell | Basis> {
  if (!table.bases.some((basis) => basis !== BASES[0])) return table;
  return { columns: [column(table), ...table.columns], rows: table.rows.map((row, at) => [...based(table, at), ...row]) };
}

/** As programs read them: the basis is the last column, always, so that those before it keep their places. */
export function basisLast<Cell>(table: BasedRows<Cell>): PlainRows<Cell | Basis> {
  if (table.bases.length === 0) return table;
  return { columns: [...table.columns, column(table)], rows: table.rows.map((row, at) => [...row, ...based(table, at)]) };
}

function column({ columns }: BasedRows<unknown>): { readonly name: string; readonly type: string } {
  return { name: columns.some(({ name }) => name === 'basis') ? 'basis of the row' : 'basis', type: BASIS_TYPE };
}

function based<Cell>({ bases }: BasedRows<Cell>, at: number): Basis[] {
  return bases.slice(at, at + 1);
}

/** What is said of a line of a tree: on what its match rests, and how the link above it is known, where no record states it. */
export function basisNotes({ basis, link }: { readonly basis: Basis | null; readonly link: Basis | null }): string[] {
  return [...(isWeak(basis) ? [`match ${basis}`] : []), ...(isWeak(link) ? [`link ${link}`] : [])];
}

/** Known by something else than a record that states it: worth a mark. */
export function isWeak(basis: Basis | null): basis is Exclude<Basis, 'observed'> {
  return basis !== null && basis !== 'observed';
}
