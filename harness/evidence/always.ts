/** What stands for a value that is hidden wherever it occurs. */
const HIDDEN = '[hidden]';
const HEADER = '(?:(?:proxy-)?authorization|(?:set-)?cookie)';
const ELEMENT = '(?:new|old|current|confirm|confirmed|admin|user|login|operator)?_?password';
const JSON_TEXT = String.raw`"(?:[^"\\]|\\.)*"`;

/** A header in a JSON string that holds several lines. */
const HEADER_IN_STRING = new RegExp(
  String.raw`(?<=\\n)(${HEADER}\s*:\s*(?:(?:digest|basic|bearer) )?)((?:[^"\\\r\n]|\\["\\/])+)`,
  'gi',
);
/** A header in a transcript, with its continuation lines. */
const HEADER_LINE = new RegExp(
  String.raw`(?<![\w-]|\\n)(${HEADER}[ \t]*:[ \t]*(?:(?:digest|basic|bearer) )?)([^\r\n]+(?:\r?\n[ \t]+[^\r\n]+)*)`,
  'gi',
);
/** A header as a member of a JSON object, one value or a list, or as two neighbours of a list. */
const HEADER_MEMBER = new RegExp(
  String.raw`("${HEADER}"\s*[:,]\s*)(${JSON_TEXT}|\[(?:\s*${JSON_TEXT}\s*,?)*\s*\])`,
  'gi',
);
const XML_ELEMENT = new RegExp(
  String.raw`(<((?:[\w.-]+:)?${ELEMENT})(?:\s[^<>]*)?(?<!\/)>)([\s\S]*?)(?=<\/\2\s*>)`,
  'gi',
);
const JSON_MEMBER = new RegExp(String.raw`("${ELEMENT}"\s*:\s*)(${JSON_TEXT}|-?[\d.]+)`, 'gi');
/** The same in JSON that is a string of JSON: each quote and backslash has one backslash more. */
const JSON_MEMBER_IN_STRING = new RegExp(
  String.raw`(\\"${ELEMENT}\\"\s*:\s*)(\\"(?:[^"\\]|\\\\(?:\\["\\]|[^"\\]))*\\"|-?[\d.]+)`,
  'gi',
);
const FORM_FIELD = new RegExp(String.raw`(?<![\w-])(${ELEMENT}=)([^&\s"'<>]+)`, 'gi');

/**
 * Hides what is a secret by its place, known or not: values of Authorization, Cookie and Set-Cookie headers (the scheme
 * stays), and of password elements in XML, JSON and forms. A value that is a label already stays.
 */
export function hideAlways(text: string): string {
  return text
    .replace(HEADER_IN_STRING, (_, name: string, value: string) => name + hidden(value))
    .replace(HEADER_LINE, (_, name: string, value: string) => name + hidden(value))
    .replace(HEADER_MEMBER, (_, name: string) => `${name}"${HIDDEN}"`)
    .replace(XML_ELEMENT, (_, open: string, _name: string, value: string) => open + hidden(value))
    .replace(JSON_MEMBER, (_, name: string, value: string) => {
      const inner = value.startsWith('"') ? value.slice(1, -1) : value;
      return `${name}"${hidden(inner)}"`;
    })
    .replace(JSON_MEMBER_IN_STRING, (_, name: string, value: string) => {
      const inner = value.startsWith('\\') ? value.slice(2, -2) : value;
      return String.raw`${name}\"${hidden(inner)}\"`;
    })
    .replace(FORM_FIELD, (_, name: string, value: string) => name + hidden(value));
}

function hidden(value: string): string {
  return /^\s*(?:\[[a-z]+(?: \d+)?\]\s*)*$/.test(value) ? value : HIDDEN;
}
