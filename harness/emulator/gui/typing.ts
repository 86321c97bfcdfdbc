import type { Field } from './ui.ts';

/** Puts text at the caret; what does not fit is lost, control characters are not typed. */
export function insert(field: Field, text: string): void {
  const printable = [...text].filter((character) => character >= ' ' && character !== '\u007f').join('');
  const fitting = printable.slice(0, Math.max(0, field.max - field.value.length));
  field.value = field.value.slice(0, field.caret) + fitting + field.value.slice(field.caret);
  field.caret += fitting.length;
}

/** Empties a field. */
export function clear(field: Field): void {
  field.value = '';
  field.caret = 0;
}

/** Does what a key of the editing block does; false when it is none. */
export function edit(field: Field, key: string): boolean {
  const { value, caret } = field;
  if (key === 'Backspace') {
    if (caret > 0) {
      field.value = value.slice(0, caret - 1) + value.slice(caret);
      field.caret = caret - 1;
    }
  } else if (key === 'Delete') field.value = value.slice(0, caret) + value.slice(caret + 1);
  else if (key === 'ArrowLeft') field.caret = Math.max(0, caret - 1);
  else if (key === 'ArrowRight') field.caret = Math.min(value.length, caret + 1);
  else if (key === 'Home') field.caret = 0;
  else if (key === 'End') field.caret = value.length;
  else return false;
  return true;
}
