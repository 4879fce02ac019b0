/** A pipe as documentation, completion and parser know it. */
export interface PipeRow {
  readonly name: string;
  /** What comes after the name. */
  readonly args: 'none' | 'number' | 'condition' | 'exprs' | 'sort' | 'columns' | 'aggregates' | 'tree';
  /** May be followed by `by keys`. */
  readonly by?: boolean;
  /** The word before a duration. */
  readonly span?: 'within' | 'per';
  /** A view: nothing but a view's own end may follow. */
  readonly view?: boolean;
  /** Its result has rows of its own: only filter, sort, head, tail, table, chart may follow. */
  readonly makesTable?: boolean;
  readonly doc: string;
  readonly example: string;
}

/** In the order to offer them in: what is used most first, views among them. */
export const PIPES: readonly PipeRow[] = [
  { name: 'filter', args: 'condition', doc: 'Keeps the rows for which the condition is true.', example: '| filter process.pid > 1000' },
  { name: 'head', args: 'number', doc: 'The first n rows (50).', example: '| head 10' },
  { name: 'tree', args: 'tree', view: true, doc: 'Draws the processes of the rows in their tree, the other parent dashed.', example: '| tree created' },
  { name: 'sort', args: 'sort', doc: 'Sorts by each expression, stable; - before one: descending. Absent comes first, last with -.', example: '| sort -process.start' },
  { name: 'count', args: 'exprs', by: true, makesTable: true, doc: 'One row a key with count and percent, rarest first; without keys one row.', example: '| count by process.name' },
  { name: 'stats', args: 'aggregates', by: true, span: 'within', makesTable: true, doc: 'Aggregates by key.', example: '| stats count() as n by process.name' },
  { name: 'timeline', args: 'none', by: true, view: true, doc: 'Shows the rows on a time axis.', example: '| timeline by process.name' },
  { name: 'table', args: 'none', view: true, doc: 'Shows the rows as a table (so does no view at all).', example: '| table' },
  { name: 'undecided', args: 'none', view: true, doc: 'In place of the rows: those that could not be decided, and for want of what.', example: '| undecided' },
  { name: 'chart', args: 'none', by: true, span: 'per', view: true, doc: 'Counts over time.', example: '| chart by process.name per 1h' },
  { name: 'evidence', args: 'none', view: true, doc: 'Each row with the observations behind it.', example: '| evidence' },
  { name: 'fields', args: 'columns', makesTable: true, doc: 'Chooses the columns.', example: '| fields process.pid, process.creator.name as maker' },
  { name: 'unique', args: 'exprs', doc: 'The first row of each key.', example: '| unique process.name' },
  { name: 'unique_count', args: 'exprs', makesTable: true, doc: 'The first row of each key, with count and percent.', example: '| unique_count process.name' },
  { name: 'tail', args: 'number', doc: 'The last n rows (50).', example: '| tail 10' },
  { name: 'explain', args: 'none', view: true, doc: 'The plan.', example: '| explain' },
];

export const PIPE_SYNTAX: ReadonlyMap<string, PipeRow> = new Map(PIPES.map((pipe) => [pipe.name, pipe]));
