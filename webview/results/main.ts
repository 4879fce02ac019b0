import type { ActivationFunction } from 'vscode-notebook-renderer';
import { isResultOutput } from '../shared/result.js';
import { drawResult } from './resultView.js';
import { STYLE } from './style.js';

/** The notebook renderer of hunts' results. */
export const activate: ActivationFunction = (context) => {
  const style = document.createElement('style');
  style.textContent = STYLE;
  document.head.append(style);
  const post = context.postMessage?.bind(context);
  return {
    renderOutputItem(item, element) {
      const output: unknown = item.json();
      if (isResultOutput(output)) drawResult(element, output, post);
      else element.textContent = 'This result was made by another version of Foundling. Run the cell again.';
    },
  };
};
