/**
 * Parses a page of `docs/` into what the portal shows. Supports the Markdown that these pages use and rejects any
 * other, so that nothing is silently lost.
 * @module
 */
import { posix } from "node:path";
import { lexer, type Token, type Tokens } from "marked";
import type { Block, HelpDocument, Inline } from "../../components/help/help-document.ts";

/**
 * @param path of the page from the root of the repository: `docs/zh/faq.md`
 * @throws {Error} for Markdown that the portal doesn't show
 */
export function parseDocument(markdown: string, path: string): HelpDocument {
  const [title, ...rest] = lexer(markdown).filter(({ type }) => type !== "space");
  if (!is(title, "heading") || title.depth !== 1) throw new Error(`${path} begins with no title`);
  return { title: plainText(title), blocks: readBlocks(rest, path) };
}

function readBlocks(tokens: readonly Token[], path: string): Block[] {
  return tokens.flatMap((token, index) => {
    if (is(token, "space") || isComment(token)) return [];
    return [readBlock(token, { path, before: tokens[index - 1] })];
  });
}

function readBlock(
  token: Token,
  { path, before }: { readonly path: string; readonly before: Token | undefined },
): Block {
  if (is(token, "heading") && (token.depth === 2 || token.depth === 3)) {
    const text = plainText(token);
    return {
      kind: "heading",
      level: token.depth,
      id: anchor(text),
      text,
      children: inlines(token.tokens, path),
    };
  }
  if (is(token, "paragraph") && token.tokens.length === 1 && is(token.tokens[0], "image")) {
    return readPicture(token.tokens[0], path);
  }
  if (is(token, "paragraph") || is(token, "text")) {
    return { kind: "paragraph", children: inlines(token.tokens ?? [], path) };
  }
  if (is(token, "code")) {
    return {
      kind: "code",
      language: token.lang ?? "",
      code: token.text,
      isOutput: isComment(before) && before.raw.includes("<!-- printed by: "),
    };
  }
  if (is(token, "list")) {
    return {
      kind: "list",
      isOrdered: token.ordered,
      items: token.items.map((item) => readBlocks(item.tokens, path)),
    };
  }
  if (is(token, "table")) {
    const cells = (row: readonly Tokens.TableCell[]) =>
      row.map((cell) => inlines(cell.tokens, path));
    return { kind: "table", head: cells(token.header), rows: token.rows.map(cells) };
  }
  throw new Error(`${path}: the portal does not show ${token.type}: ${token.raw.slice(0, 80)}`);
}

/** Charts are next to the build, at the same path as in the repository (`scripts/build/machine-docs.ts`). */
function readPicture({ href, text, raw }: Tokens.Image, path: string): Block {
  const file = posix.join(posix.dirname(path), href);
  if (!/^docs\/images\/[\w-]+\.svg$/.test(file)) {
    throw new Error(`${path}: the portal only shows charts of docs/images: ${raw}`);
  }
  return { kind: "picture", src: `/${file}`, description: text };
}

function inlines(tokens: readonly Token[], path: string): Inline[] {
  return tokens.flatMap((token): Inline[] => {
    if (is(token, "text") || is(token, "escape")) return [unescaped(token.text)];
    if (is(token, "codespan")) return [{ kind: "code", text: token.text }];
    if (is(token, "strong")) return [{ kind: "strong", children: inlines(token.tokens, path) }];
    if (is(token, "em")) return [{ kind: "emphasis", children: inlines(token.tokens, path) }];
    if (is(token, "link")) {
      const children = inlines(token.tokens, path);
      const href = portalHref(token.href, path);
      return href === null ? children : [{ kind: "link", href, children }];
    }
    throw new Error(`${path}: the portal does not show ${token.type}: ${token.raw.slice(0, 80)}`);
  });
}

/** Where a link of a page leads in the portal; null for files of the repository without a page. */
function portalHref(href: string, path: string): string | null {
  if (/^(?:https?:|#)/.test(href)) return href;
  const [file = "", hash] = href.split("#");
  const topic = /^docs\/(?:zh\/)?(.+)\.md$/.exec(posix.join(posix.dirname(path), file))?.[1];
  if (topic === undefined || topic === "architecture") return null;
  const page = topic === "README" ? "/help" : `/help/${topic}`;
  return hash === undefined ? page : `${page}#${hash}`;
}

/** The anchor of a heading, as on GitHub. */
export function anchor(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

function plainText({ tokens }: Tokens.Heading): string {
  return tokens.map((token) => ("text" in token ? unescaped(token.text) : "")).join("");
}

/** The lexer doesn't decode the few entities that the pages use. */
function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function isComment(token: Token | undefined): token is Tokens.HTML {
  return is(token, "html") && /^\s*<!--.*-->\s*$/s.test(token.raw);
}

interface KnownTokens {
  readonly heading: Tokens.Heading;
  readonly paragraph: Tokens.Paragraph;
  readonly text: Tokens.Text;
  readonly escape: Tokens.Escape;
  readonly code: Tokens.Code;
  readonly codespan: Tokens.Codespan;
  readonly list: Tokens.List;
  readonly table: Tokens.Table;
  readonly html: Tokens.HTML;
  readonly space: Tokens.Space;
  readonly strong: Tokens.Strong;
  readonly em: Tokens.Em;
  readonly link: Tokens.Link;
  readonly image: Tokens.Image;
}

/** `marked`'s token types are open to extensions, so a comparison alone doesn't narrow them. */
function is<K extends keyof KnownTokens>(
  token: Token | undefined,
  type: K,
): token is KnownTokens[K] & Token {
  return token?.type === type;
}
