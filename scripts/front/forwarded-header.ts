const NAME = "[\\w!#$%&'*+.^`|~-]+";
/** A value is a token, to which many add the colon and the brackets of an address, or a quoted string. */
const PAIR = `(${NAME})=(?:([\\w!#$%&'*+.^\`|~:[\\]-]+)|"((?:[^"\\\\]|\\\\.)*)")`;
const ELEMENT = new RegExp(`^[ \\t]*${PAIR}(?:[ \\t]*;[ \\t]*${PAIR})*[ \\t]*;?[ \\t]*$`);
const PAIRS = new RegExp(PAIR, "g");

/** Far more than proxies write; beyond it, the left part isn't read. */
const MAX_CHARS = 4_096;

/**
 * The elements of a `Forwarded` header (RFC 7239, section 4), in order, each by its parameters in lower case. It is
 * read from the right, where the nearest proxy wrote, up to the first malformed one: a quote that a client left open
 * hides nothing of what proxies added.
 */
export function parseForwarded(text: string): ReadonlyMap<string, string>[] {
  const elements: ReadonlyMap<string, string>[] = [];
  let rest = text.slice(-MAX_CHARS);
  while (rest !== "") {
    const [element, before] = lastElement(rest);
    if (element === null) break;
    if (element.size > 0) elements.unshift(element);
    rest = before;
  }
  return elements;
}

/** The shortest well-formed end of a list; a comma may also be within quotes. */
function lastElement(list: string): [element: ReadonlyMap<string, string> | null, before: string] {
  for (let comma = list.lastIndexOf(","); ; comma = list.lastIndexOf(",", comma - 1)) {
    const text = list.slice(comma + 1);
    const before = list.slice(0, Math.max(0, comma));
    if (text.trim() === "") return [new Map(), before];
    if (ELEMENT.test(text)) return [parameters(text), before];
    if (comma <= 0) return [null, ""];
  }
}

function parameters(element: string): ReadonlyMap<string, string> {
  const pairs = [...element.matchAll(PAIRS)];
  return new Map(
    pairs.map(([, name = "", token, quoted = ""]) => [
      name.toLowerCase(),
      token ?? quoted.replaceAll(/\\(.)/g, "$1"),
    ]),
  );
}
