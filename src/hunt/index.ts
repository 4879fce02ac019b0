export { compileHunt, type CompiledHunt, type CompileOptions } from './compile.js';
export { parse, type Parsed } from './parser.js';
export { runCompiled, type RunOptions, type SqlPort } from './run.js';
export { SQL_FUNCTIONS, type SqlFunction, type SqlValue } from './sqlFunctions.js';
export { PIPES, type PipeRow } from './pipes.js';
export { SOURCES, type SourceRow } from './sources.js';
export { FUNCTIONS, type FunctionRow } from './functions.js';
