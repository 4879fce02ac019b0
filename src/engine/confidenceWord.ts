export { confidenceWord } from '../report/index.js';
