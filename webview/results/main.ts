import type { ActivationFunction } from 'vscode-notebook-renderer';
import { isResultOutput, questionOf, type FromRenderer, type ResultOutput, type ToRenderer } from '../shared/result.js';
import { returnFocus } from './focusReturn.js';
import { drawResult, type Extension } from './resultView.js';
import { STYLE } from './style.js';

/** The notebook renderer of hunts' results. */
export const activate: ActivationFunction = (context) => {
  const style = document.createElement('style');
  style.textContent = STYLE;
  document.head.append(style);
  returnFocus();
  const extension = extensionOf(context);
  return {
    renderOutputItem(item, element) {
      const output: unknown = item.json();
      if (isResultOutput(output)) drawResult(element, output, extension);
      else element.textContent = 'This result was made by another version of Foundling. Run the cell again.';
    },
  };
};

/** The extension behind the renderer's messages; undefined where a notebook is shown without it. */
function extensionOf(context: Parameters<ActivationFunction>[0]): Extension | undefined {
  const { postMessage, onDidReceiveMessage } = context;
  if (!postMessage || !onDidReceiveMessage) return undefined;
  const waiting = new Map<string, { resolve(output: ResultOutput): void; reject(error: Error): void }>();
  onDidReceiveMessage((message: unknown) => {
    const answer = message as ToRenderer; // only our own extension posts to this renderer
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('output' in answer) asker?.resolve(answer.output);
    else asker?.reject(new Error(answer.error));
  });
  const tell = (message: FromRenderer): void => void postMessage(message);
  const ask = (output: ResultOutput, undecided: boolean): Promise<ResultOutput> => {
    // A notebook that is shown twice has two of these pages, and an answer goes to both: the id says whose it is.
    const id = String(Math.random());
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      tell({ kind: 'more', id, ...questionOf(output), ...(undecided ? { undecided } : {}) });
    });
  };
  return { tell, more: (output) => ask(output, false), undecided: (output) => ask(output, true) };
}
