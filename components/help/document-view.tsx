import { Fragment, type ReactNode } from "react";
import { CodeBlock } from "@/components/code-block";
import type { Block, Cell, HeadingBlock, Inline } from "@/components/help/help-document";
import { Link } from "@/components/link";

/** The address used in the documents: that of `npm start`. */
const WRITTEN_ORIGIN = "http://127.0.0.1:8787";

/** The text of a page, with the reader's own portal as the address. */
export function DocumentView({
  blocks,
  origin,
}: {
  readonly blocks: readonly Block[];
  /** The portal's, without a trailing slash. */
  readonly origin: string;
}) {
  return inPlace(blocks, (block) => <BlockView block={block} origin={origin} />);
}

function BlockView({ block, origin }: { readonly block: Block; readonly origin: string }) {
  switch (block.kind) {
    case "heading":
      return <HeadingView heading={block} origin={origin} />;
    case "paragraph":
      return <p className="leading-relaxed">{text(block.children, origin)}</p>;
    case "code":
      return block.isOutput ? (
        <Output code={block.code} />
      ) : (
        <CodeBlock
          code={block.code.replaceAll(WRITTEN_ORIGIN, origin)}
          {...(block.language !== "" && { language: block.language })}
        />
      );
    case "picture":
      return (
        // biome-ignore lint/performance/noImgElement: a static SVG needs no optimizer.
        <img
          src={block.src}
          alt={block.description}
          loading="lazy"
          className="h-auto max-w-full rounded-lg border"
        />
      );
    case "list": {
      const List = block.isOrdered ? "ol" : "ul";
      return (
        <List className={`space-y-1.5 pl-5 ${block.isOrdered ? "list-decimal" : "list-disc"}`}>
          {inPlace(block.items, (item) => (
            <li className="space-y-1.5 leading-relaxed marker:text-muted-foreground">
              <DocumentView blocks={item} origin={origin} />
            </li>
          ))}
        </List>
      );
    }
    case "table":
      return <TableView head={block.head} rows={block.rows} origin={origin} />;
  }
}

function HeadingView({
  heading: { level, id, children },
  origin,
}: {
  readonly heading: HeadingBlock;
  readonly origin: string;
}) {
  return level === 2 ? (
    <h2 id={id} className="scroll-mt-20 pt-6 text-base font-semibold tracking-tight first:pt-0">
      {text(children, origin)}
    </h2>
  ) : (
    <h3 id={id} className="scroll-mt-20 pt-3 font-medium">
      {text(children, origin)}
    </h3>
  );
}

/** A program's output. */
function Output({ code }: { readonly code: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre tabIndex={0} className="overflow-x-auto border-l-2 py-1 pl-4 font-mono text-[13px]">
      <code className="text-muted-foreground">{code}</code>
    </pre>
  );
}

/** Scrolls separately if the screen is too narrow for it. */
function TableView({
  head,
  rows,
  origin,
}: {
  readonly head: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
  readonly origin: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div tabIndex={0} className="overflow-x-auto rounded-lg border">
      <table className="w-full text-sm">
        <thead className="bg-muted/50 border-b text-left">
          <tr>
            {inPlace(head, (cell) => (
              <th className="px-3 py-2 font-medium whitespace-nowrap">{text(cell, origin)}</th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {inPlace(rows, (row) => (
            <tr>
              {inPlace(row, (cell) => (
                <td className={`px-3 py-2 align-top leading-relaxed ${cellWidth(cell)}`}>
                  {text(cell, origin)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A figure or a name of this length stays on one line. */
const SHORT_CELL = 16;

/** On a phone, prose gets enough width to be readable, and the table scrolls. */
function cellWidth(cell: Cell): string {
  const [only = ""] = cell;
  if (cell.length <= 1 && typeof only === "string" && only.length <= SHORT_CELL) {
    return "whitespace-nowrap";
  }
  const isProse = cell.some((part) => typeof part === "string" && part.length > 40);
  return isProse ? "min-w-64" : "";
}

function text(children: readonly Inline[], origin: string): ReactNode {
  return inPlace(children, (child) => inline(child, origin));
}

function inline(part: Inline, origin: string): ReactNode {
  if (typeof part === "string") return part;
  switch (part.kind) {
    case "code":
      return <CodeView code={part.text.replaceAll(WRITTEN_ORIGIN, origin)} />;
    case "strong":
      return <strong className="font-medium">{text(part.children, origin)}</strong>;
    case "emphasis":
      return <em>{text(part.children, origin)}</em>;
    case "link":
      return <LinkView href={part.href}>{text(part.children, origin)}</LinkView>;
  }
}

/** Names and addresses are easiest to read unbroken, as far as a phone has room. */
const LONGEST_PIECE = 40;

function CodeView({ code }: { readonly code: string }) {
  const wrap = code.length <= LONGEST_PIECE ? "whitespace-nowrap" : "wrap-break-word";
  return (
    <code className={`bg-muted rounded px-1 py-0.5 font-mono text-[0.85em] ${wrap}`}>{code}</code>
  );
}

function LinkView({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const className = "underline underline-offset-4 hover:text-primary";
  if (href.startsWith("/")) {
    return (
      <Link href={href} className={className} prefetch={false}>
        {children}
      </Link>
    );
  }
  const isElsewhere = href.startsWith("http");
  return (
    <a href={href} className={className} {...(isElsewhere && { rel: "noreferrer" })}>
      {children}
    </a>
  );
}

/** The parts of a document never move, so a part's position is its key. */
function inPlace<Part>(parts: readonly Part[], view: (part: Part) => ReactNode): ReactNode {
  return parts.map((part, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={place}>{view(part)}</Fragment>
  ));
}
