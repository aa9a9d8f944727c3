import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { CodeBlock } from "@/components/code-block";
import type { Block, Cell, Inline } from "@/components/help/help-document";

/** The address that the documents are written with: where `npm start` serves. */
const WRITTEN_ORIGIN = "http://127.0.0.1:8787";

/** The text of a page, with the reader's own portal for the address in it. */
export function DocumentView({
  blocks,
  origin,
}: {
  readonly blocks: readonly Block[];
  /** Of the portal, without a trailing slash. */
  readonly origin: string;
}) {
  // The blocks of a page never change places.
  return blocks.map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <BlockView key={index} block={block} origin={origin} />
  ));
}

function BlockView({ block, origin }: { readonly block: Block; readonly origin: string }) {
  const text = (children: readonly Inline[]) => inlineViews(children, origin);
  switch (block.kind) {
    case "heading": {
      const Heading = block.level === 2 ? "h2" : "h3";
      return (
        <Heading
          id={block.id}
          className={
            block.level === 2
              ? "scroll-mt-20 pt-6 text-base font-semibold tracking-tight"
              : "scroll-mt-20 pt-3 font-medium"
          }
        >
          {text(block.children)}
        </Heading>
      );
    }
    case "paragraph":
      return <p className="leading-relaxed">{text(block.children)}</p>;
    case "code":
      return block.isOutput ? (
        <Output code={block.code} />
      ) : (
        <CodeBlock
          code={block.code.replaceAll(WRITTEN_ORIGIN, origin)}
          {...(block.language !== "" && { language: block.language })}
        />
      );
    case "list": {
      const List = block.isOrdered ? "ol" : "ul";
      return (
        <List className={`space-y-1.5 pl-5 ${block.isOrdered ? "list-decimal" : "list-disc"}`}>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items never change places
            <li key={index} className="space-y-1.5 leading-relaxed marker:text-muted-foreground">
              <DocumentView blocks={item} origin={origin} />
            </li>
          ))}
        </List>
      );
    }
    case "table":
      return <TableView head={block.head} rows={block.rows} text={text} />;
  }
}

/** What a program prints. */
function Output({ code }: { readonly code: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre tabIndex={0} className="overflow-x-auto border-l-2 py-1 pl-4 font-mono text-[13px]">
      <code className="text-muted-foreground">{code}</code>
    </pre>
  );
}

function TableView({
  head,
  rows,
  text,
}: {
  readonly head: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
  readonly text: (children: readonly Inline[]) => ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div tabIndex={0} className="overflow-x-auto rounded-lg border">
      <table className="w-full text-sm">
        <thead className="bg-muted/50 border-b text-left">
          <tr>
            {head.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places
              <th key={column} className="px-3 py-2 font-medium whitespace-nowrap">
                {text(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never change places
            <tr key={index}>
              {row.map((cell, column) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places
                  key={column}
                  className={`px-3 py-2 align-top leading-relaxed ${cellWidth(cell)}`}
                >
                  {text(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Prose gets room to be read on a phone, where the table scrolls. */
function cellWidth(cell: Cell): string {
  const isProse = cell.some((part) => typeof part === "string" && part.length > 40);
  return isProse ? "min-w-64" : "";
}

function inlineViews(children: readonly Inline[], origin: string): ReactNode {
  return children.map((child, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
    <Fragment key={index}>{inlineView(child, origin)}</Fragment>
  ));
}

function inlineView(inline: Inline, origin: string): ReactNode {
  if (typeof inline === "string") return inline;
  switch (inline.kind) {
    case "code":
      return (
        <code className="bg-muted rounded px-1 py-0.5 font-mono text-[0.85em] wrap-anywhere">
          {inline.text.replaceAll(WRITTEN_ORIGIN, origin)}
        </code>
      );
    case "strong":
      return <strong className="font-medium">{inlineViews(inline.children, origin)}</strong>;
    case "emphasis":
      return <em>{inlineViews(inline.children, origin)}</em>;
    case "link":
      return <LinkView href={inline.href}>{inlineViews(inline.children, origin)}</LinkView>;
  }
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
