/**
 * The one module that knows the control kit. The kit is deprecated but works; a change of kit is a change of this file.
 * Elements are made by these functions, so that no other module names a tag of the kit.
 */
import {
  type Button,
  type Checkbox,
  type Dropdown,
  type ProgressRing,
  type RadioGroup,
  type TextArea,
  type TextField,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeRadio,
  vsCodeRadioGroup,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/** Defines the kit's elements. Call once, before any is made. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeRadio(),
    vsCodeRadioGroup(),
    vsCodeTextArea(),
    vsCodeTextField(),
  );
}

export interface ButtonOptions {
  readonly label: string;
  readonly hint?: string;
  readonly appearance?: 'primary' | 'secondary';
  readonly onPress: () => void;
}

/** A button with a text. */
export function createButton(options: ButtonOptions): HTMLElement {
  const button = document.createElement('vscode-button') as Button;
  button.setAttribute('appearance', options.appearance ?? 'secondary');
  button.textContent = options.label;
  if (options.hint) button.title = options.hint;
  button.addEventListener('click', options.onPress);
  return button;
}

/** A button with only an icon: `icon` names a codicon, `label` is what it is called. */
export function createIconButton(options: ButtonOptions & { readonly icon: string }): HTMLElement {
  const button = document.createElement('vscode-button') as Button;
  button.setAttribute('appearance', 'icon');
  button.ariaLabel = options.label;
  button.setAttribute('aria-label', options.label);
  button.title = options.hint ?? options.label;
  const icon = document.createElement('span');
  icon.className = `codicon codicon-${options.icon}`;
  button.append(icon);
  button.addEventListener('click', options.onPress);
  return button;
}

/** A button with only an icon that is on or off, as the program says. */
export function createIconToggle(options: { icon: string; onIcon: string; label: string; onLabel: string; onPress: () => void }): Control<boolean> {
  const element = createIconButton({ icon: options.icon, label: options.label, onPress: options.onPress });
  return {
    element,
    show(isOn) {
      const label = isOn ? options.onLabel : options.label;
      element.setAttribute('aria-label', label);
      element.setAttribute('aria-pressed', String(isOn));
      element.title = label;
      element.firstElementChild!.className = `codicon codicon-${isOn ? options.onIcon : options.icon}`;
    },
  };
}

/** A control whose value the program sets and the person changes. */
export interface Control<T> {
  readonly element: HTMLElement;
  /** Shows a value without telling anybody. */
  show(value: T): void;
}

export function createCheckbox(options: { label: string; hint?: string; onChange: (checked: boolean) => void }): Control<boolean> {
  const element = document.createElement('vscode-checkbox') as Checkbox;
  element.textContent = options.label;
  if (options.hint) element.title = options.hint;
  let shown = false;
  element.addEventListener('change', () => {
    if (element.checked === shown) return;
    shown = element.checked;
    options.onChange(shown);
  });
  return {
    element,
    show(value) {
      shown = value;
      element.checked = value;
    },
  };
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** One of few, all visible. */
export function createRadios<T extends string>(options: { label: string; choices: readonly Choice<T>[]; onChange: (value: T) => void }): Control<T> {
  const group = document.createElement('vscode-radio-group') as RadioGroup;
  group.setAttribute('aria-label', options.label);
  group.setAttribute('orientation', 'horizontal');
  let shown: string | undefined;
  for (const choice of options.choices) {
    const radio = document.createElement('vscode-radio');
    radio.setAttribute('value', choice.value);
    radio.textContent = choice.label;
    if (choice.hint) radio.title = choice.hint;
    group.append(radio);
  }
  group.addEventListener('change', () => {
    const chosen = options.choices.find((choice) => choice.value === group.value);
    if (!chosen || chosen.value === shown) return;
    shown = chosen.value;
    options.onChange(chosen.value);
  });
  return {
    element: group,
    show(value) {
      shown = value;
      group.value = value;
    },
  };
}

/** One of several, behind a dropdown. */
export function createDropdown<T extends string>(options: { label: string; choices: readonly Choice<T>[]; onChange: (value: T) => void }): Control<T> {
  const dropdown = document.createElement('vscode-dropdown') as Dropdown;
  dropdown.setAttribute('aria-label', options.label);
  dropdown.title = options.label;
  let shown: string | undefined;
  for (const choice of options.choices) {
    const option = document.createElement('vscode-option');
    option.setAttribute('value', choice.value);
    option.textContent = choice.label;
    dropdown.append(option);
  }
  dropdown.addEventListener('change', () => {
    const chosen = options.choices.find((choice) => choice.value === dropdown.value);
    if (!chosen || chosen.value === shown) return;
    shown = chosen.value;
    options.onChange(chosen.value);
  });
  return {
    element: dropdown,
    show(value) {
      shown = value;
      dropdown.value = value;
    },
  };
}

export interface SearchField extends Control<string> {
  focus(): void;
}

export function createTextField(options: {
  label: string;
  placeholder: string;
  hint: string;
  onInput: (text: string) => void;
  onKey: (event: KeyboardEvent) => void;
}): SearchField {
  const field = document.createElement('vscode-text-field') as TextField;
  field.setAttribute('aria-label', options.label);
  field.placeholder = options.placeholder;
  field.title = options.hint;
  field.addEventListener('input', () => options.onInput(field.value));
  field.addEventListener('keydown', options.onKey);
  return {
    element: field,
    show(value) {
      if (field.value !== value) field.value = value;
    },
    focus() {
      field.focus();
      field.shadowRoot?.querySelector('input')?.select();
    },
  };
}

/** A box for several lines. `onLeave`: the focus went elsewhere. */
export function createTextArea(options: {
  label: string;
  placeholder: string;
  hint: string;
  onInput: (text: string) => void;
  onLeave: () => void;
  onKey: (event: KeyboardEvent) => void;
}): SearchField {
  const area = document.createElement('vscode-text-area') as TextArea;
  area.setAttribute('aria-label', options.label);
  area.setAttribute('rows', '2');
  area.setAttribute('resize', 'vertical');
  area.placeholder = options.placeholder;
  area.title = options.hint;
  area.addEventListener('input', () => options.onInput(area.value));
  area.addEventListener('focusout', options.onLeave);
  area.addEventListener('keydown', options.onKey);
  return {
    element: area,
    show(value) {
      if (area.value !== value) area.value = value;
    },
    focus: () => area.focus(),
  };
}

/** Where somebody types in a {@link createTextArea} of a part that is to be drawn anew; the answer puts the caret there again once the new one has the focus. */
export function caretIn(part: HTMLElement): () => void {
  const typing = (): HTMLTextAreaElement | null => (part.contains(document.activeElement) ? (document.activeElement?.shadowRoot?.querySelector('textarea') ?? null) : null);
  const { selectionStart, selectionEnd } = typing() ?? {};
  // The kit fills a new box in the next frame.
  return () => void (selectionStart !== undefined && selectionEnd !== undefined && requestAnimationFrame(() => typing()?.setSelectionRange(selectionStart, selectionEnd)));
}

export function createProgressRing(label: string): HTMLElement {
  const ring = document.createElement('vscode-progress-ring') as ProgressRing;
  ring.setAttribute('aria-label', label);
  return ring;
}
