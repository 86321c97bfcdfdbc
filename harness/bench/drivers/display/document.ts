import type { Item } from '../../../terms/frame.ts';

/**
 * What a document shows, as a person in front of it would list it: standard HTML and ARIA only, nothing that one
 * particular page offers. Runs inside the page, so it may use nothing from outside itself. What lies under something
 * else, or beside the picture, is not listed; what is shown but out of reach (`inert`) is mere text.
 */
export function readDocument(): Item[] {
  const ACTIVE =
    'button,a[href],input,textarea,select,label,[role=button],[role=link],[role=option],[role=menuitem],[role=tab],[role=radio],[role=checkbox],[role=combobox],[role=treeitem]';
  const IMAGE = 'img,canvas,svg,video,[role=img]';
  const clean = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();
  // biome-ignore lint/performance/useDomNodeTextContent: what is rendered counts, not what stands in the tree
  const written = (element: Element | undefined) => (element as HTMLElement | undefined)?.innerText;
  const rounded = (r: DOMRect) => ({
    x: Math.round(r.x),
    y: Math.round(r.y),
    width: Math.round(r.width),
    height: Math.round(r.height),
  });

  /** Whether the middle of a box shows this element, or what stands inside or around it. */
  const uncovered = (element: Element, r: DOMRect) => {
    const x = r.x + r.width / 2;
    const y = r.y + r.height / 2;
    if (r.width < 1 || r.height < 1 || x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    const top = document.elementFromPoint(x, y);
    if (top === null || top === element || element.contains(top) || top.contains(element)) return true;
    if (element.closest('label')?.contains(top) === true) return true;
    // Hit tests pass through what is inert or deaf to the pointer: then what comes later in the document lies above.
    const deaf = element.closest('[inert]') !== null || getComputedStyle(element).pointerEvents === 'none';
    return deaf && (element.compareDocumentPosition(top) & Node.DOCUMENT_POSITION_FOLLOWING) === 0;
  };
  const visible = (element: Element, r: DOMRect) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && uncovered(element, r);

  const items: Item[] = [];
  const add = (element: Element, item: Omit<Item, 'box'>, r = element.getBoundingClientRect()) => {
    if (!visible(element, r)) return;
    const box = rounded(r);
    if (element.closest('[inert]') !== null) {
      if (item.kind !== 'image' && item.text !== '') items.push({ kind: 'text', text: item.text, box });
    } else items.push({ ...item, box });
  };

  /** Whether an entry of a menu, or a row, is the one in use; nothing where the document does not say. */
  const chosen = (element: Element) => {
    const said = element.closest('[aria-current],[aria-selected],[aria-pressed]');
    const values = ['aria-current', 'aria-selected', 'aria-pressed'].map((name) => said?.getAttribute(name));
    return said === null ? {} : { checked: values.some((value) => value && value !== 'false') };
  };
  const control = (element: Element): void => {
    const label = clean(
      written(element) || element.getAttribute('aria-label') || element.getAttribute('title'),
    );
    const enabled = !element.matches(':disabled') && element.getAttribute('aria-disabled') !== 'true';
    const focused = element.matches(':focus');
    const pressed = (name: string) => element.getAttribute(name) === 'true';
    if (element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'radio')) {
      const around = element.labels?.[0];
      const text = clean(written(around) ?? element.getAttribute('aria-label'));
      add(around ?? element, { kind: element.type, text, checked: element.checked, enabled, focused });
    } else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
      if (element instanceof HTMLInputElement && /^(button|submit|reset)$/.test(element.type))
        add(element, { kind: 'button', text: clean(element.value), enabled, focused });
      else {
        const concealed = element instanceof HTMLInputElement && element.type === 'password';
        const text = concealed ? '•'.repeat(element.value.length) : element.value;
        add(element, { kind: 'field', text, concealed, enabled, focused });
      }
    } else if (element instanceof HTMLSelectElement) {
      add(element, { kind: 'option', text: clean(element.selectedOptions[0]?.text), enabled, focused });
    } else if (element instanceof HTMLLabelElement) {
      if (element.control === null) add(element, { kind: 'text', text: label });
    } else {
      const role = element.getAttribute('role') ?? element.tagName.toLowerCase();
      if (role === 'checkbox' || role === 'radio')
        add(element, { kind: role, text: label, checked: pressed('aria-checked'), enabled, focused });
      else if (role === 'a' || role === 'link' || role === 'button') {
        const kind = role === 'button' ? 'button' : 'link';
        add(element, { kind, text: label, ...chosen(element), enabled, focused });
      } else
        add(element, { kind: 'option', text: label, checked: pressed('aria-selected'), enabled, focused });
    }
  };

  const texts = (element: Element): void => {
    const range = document.createRange();
    const nodes = [...element.childNodes].filter(
      (n) => n.nodeType === Node.TEXT_NODE && clean(n.nodeValue) !== '',
    );
    for (const node of nodes) {
      range.selectNodeContents(node);
      add(
        element,
        { kind: 'text', text: clean(node.nodeValue), ...chosen(element) },
        range.getBoundingClientRect(),
      );
    }
  };

  /** The label of a box is part of it; that of a field or a list is a text beside it. */
  const isBeside = (element: Element) =>
    element instanceof HTMLLabelElement && element.control?.matches('[type=checkbox],[type=radio]') === false;
  const walk = (element: Element): void => {
    if (element.matches('script,style,template,noscript,option')) return;
    if (element.matches(IMAGE)) {
      const named = clean(element.getAttribute('alt') ?? element.getAttribute('aria-label'));
      if (element.closest('[aria-hidden=true]') === null) add(element, { kind: 'image', text: named });
      return;
    }
    if (element.matches(ACTIVE) && !isBeside(element)) {
      control(element);
      const inside = element instanceof HTMLLabelElement ? element.control : null;
      if (inside !== null && element.contains(inside)) control(inside);
      return;
    }
    texts(element);
    for (const child of element.children) walk(child);
  };
  walk(document.body);
  return items;
}
