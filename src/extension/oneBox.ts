import * as vscode from 'vscode';

export interface BoxQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
}

/** Asks in the box; the answer is trimmed and never empty. Undefined: the person gave up, and whatever is asked after that is given up too. */
export type AskInBox = (question: BoxQuestion) => Promise<string | undefined>;

/**
 * Several questions in one input box. A box for each would be closed before the next one opens: VS Code then gives the focus back to the page,
 * and when that comes late the page takes it from the next box, which closes unanswered. It stays open while the evidence is looked at.
 */
export async function inOneBox<T>(run: (ask: AskInBox) => Promise<T>): Promise<T> {
  const box = vscode.window.createInputBox();
  box.ignoreFocusOut = true;
  let isClosed = false;
  let answer: ((text: string | undefined) => void) | undefined;
  const isMissing = (): boolean => box.value.trim() === '';
  const sayMissing = (): void => {
    box.validationMessage = isMissing() ? vscode.l10n.t('This is needed.') : undefined;
  };
  box.onDidChangeValue(sayMissing);
  box.onDidAccept(() => {
    sayMissing();
    if (!isMissing()) answer?.(box.value.trim());
  });
  box.onDidHide(() => {
    isClosed = true;
    answer?.(undefined);
  });
  try {
    return await run(async ({ title, prompt, value }) => {
      if (isClosed) return undefined;
      box.title = title;
      box.prompt = prompt;
      box.value = value;
      box.valueSelection = [0, value.length];
      box.busy = false;
      const answered = new Promise<string | undefined>((resolve) => {
        answer = resolve;
      });
      box.show();
      const text = await answered;
      answer = undefined; // Enter pressed twice must not answer the next question
      box.busy = true;
      return text;
    });
  } finally {
    box.dispose();
  }
}

/** One of few and then a note, which may stay empty: in one box, as {@link inOneBox} has it. `noted`: a note that is there already. Undefined: the person gave up. */
export async function choiceAndNote<Choice extends string>({ choices, what, why, noted }: { readonly choices: readonly Choice[]; readonly what: string; readonly why: string; readonly noted: string }): Promise<{ readonly choice: Choice; readonly note: string } | undefined> {
  const box = vscode.window.createQuickPick();
  box.ignoreFocusOut = true;
  box.placeholder = what;
  box.items = choices.map((label) => ({ label }));
  let choice: Choice | undefined;
  try {
    return await new Promise((resolve) => {
      box.onDidAccept(() => {
        if (choice !== undefined) return resolve({ choice, note: box.value.trim() });
        const label = (box.selectedItems[0] ?? box.activeItems[0])?.label;
        choice = choices.find((each) => each === label);
        if (choice === undefined) return;
        if (noted !== '') return resolve({ choice, note: noted });
        if (box.value !== '') box.value = ''; // else what is typed already is the note's beginning
        box.title = choice;
        box.placeholder = why;
        box.items = [{ label: vscode.l10n.t('Write this verdict'), alwaysShow: true }];
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}
