import { type Verdict, VERDICTS } from '../../src/model/index.js';

/** What a key does in the tree. Acts by name, so that the table can be tested without a page. */
export type KeyAct =
  | { readonly act: 'move'; readonly by: number | 'page' | '-page' | 'first' | 'last' }
  | { readonly act: 'open' | 'close' | 'openAll' | 'details' | 'search' | 'creator' | 'adopter' | 'parents' | 'orphansOnly' | 'coverage' | 'copy' | 'fit' | 'escape' | 'playbook' | 'lineage' | 'note' | 'escalate' | 'indicators' }
  | { readonly act: 'orphan' | 'hit' | 'finding'; readonly backward: boolean }
  | { readonly act: 'decide'; readonly verdict: Verdict }
  | { readonly act: 'zoom'; readonly factor: number }
  | { readonly act: 'pan'; readonly share: number };

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Keys shown to people, in the order of use. */
export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['F, Shift+F', 'next, previous finding that nobody has decided, worst first'],
  ['1 2 3 4 5', `verdict: ${VERDICTS.join(', ')}`],
  ['W', 'write why: the note that goes with the verdict'],
  ['E', 'escalate to tier 2'],
  ['B', 'the playbook for this process'],
  ['L', 'the lineage of this process, drawn'],
  ['N, Shift+N', 'next, previous orphan'],
  ['C', 'go to creator'],
  ['A', 'go to adopter'],
  ['P', 'switch parents: recorded, created'],
  ['O', 'orphans only'],
  ['G', 'coverage: what this evidence could not have shown'],
  ['/ or Ctrl+F', 'search; F3, Shift+F3 step through what was found'],
  ['Enter', 'details'],
  ['Arrows, *', 'move, open and close; * opens all below'],
  ['+ - 0', 'zoom the time in, out, all of it; Shift+Left, Shift+Right move it'],
  ['Ctrl+C', 'copy for a ticket'],
  ['I', 'copy the indicators of this subtree'],
];

/** The act of a key pressed in the tree, or undefined when it is VS Code's. */
export function keyAct(key: Key): KeyAct | undefined {
  const command = key.ctrlKey || key.metaKey;
  if (key.altKey) return undefined;
  if (command) {
    switch (key.key.toLowerCase()) {
      case 'f':
        return { act: 'search' };
      case 'c':
        return { act: 'copy' };
      default:
        return undefined;
    }
  }
  switch (key.key) {
    case 'ArrowDown':
      return { act: 'move', by: 1 };
    case 'ArrowUp':
      return { act: 'move', by: -1 };
    case 'PageDown':
      return { act: 'move', by: 'page' };
    case 'PageUp':
      return { act: 'move', by: '-page' };
    case 'Home':
      return { act: 'move', by: 'first' };
    case 'End':
      return { act: 'move', by: 'last' };
    case 'ArrowRight':
      return key.shiftKey ? { act: 'pan', share: 0.2 } : { act: 'open' };
    case 'ArrowLeft':
      return key.shiftKey ? { act: 'pan', share: -0.2 } : { act: 'close' };
    case '*':
      return { act: 'openAll' };
    case 'Enter':
      return { act: 'details' };
    case 'Escape':
      return { act: 'escape' };
    case '/':
      return { act: 'search' };
    case 'F3':
      return { act: 'hit', backward: key.shiftKey };
    case 'n':
    case 'N':
      return { act: 'orphan', backward: key.shiftKey };
    case 'f':
    case 'F':
      return { act: 'finding', backward: key.shiftKey };
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
      return { act: 'decide', verdict: VERDICTS[Number(key.key) - 1]! };
    case 'b':
      return { act: 'playbook' };
    case 'l':
      return { act: 'lineage' };
    case 'w':
      return { act: 'note' };
    case 'e':
      return { act: 'escalate' };
    case 'i':
      return { act: 'indicators' };
    case 'c':
      return { act: 'creator' };
    case 'a':
      return { act: 'adopter' };
    case 'p':
      return { act: 'parents' };
    case 'o':
      return { act: 'orphansOnly' };
    case 'g':
      return { act: 'coverage' };
    case '+':
    case '=':
      return { act: 'zoom', factor: 0.5 };
    case '-':
      return { act: 'zoom', factor: 2 };
    case '0':
      return { act: 'fit' };
    default:
      return undefined;
  }
}
