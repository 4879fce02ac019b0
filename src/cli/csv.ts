export { csvField } from '../report/index.js';
