export { durationWords, orphanedAfterWords, utcWords } from '../report/index.js';
