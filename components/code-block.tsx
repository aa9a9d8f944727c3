import { CopyButton } from "@/components/copy-button";

/** Code that can be copied with one click. */
export function CodeBlock({
  code,
  language,
}: {
  readonly code: string;
  /** Shown above the code: `curl`, `python`. */
  readonly language?: string;
}) {
  return (
    <figure
      data-slot="code-block"
      className="bg-muted/50 relative overflow-hidden rounded-lg border"
    >
      {language !== undefined && (
        <figcaption className="text-muted-foreground border-b px-4 py-2 text-xs">
          {language}
        </figcaption>
      )}
      <CopyButton
        value={code}
        className={language === undefined ? "absolute top-2 right-2" : "absolute top-0.5 right-1"}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="overflow-x-auto p-4 pr-12 font-mono text-[13px] leading-relaxed">
        <code>{code}</code>
      </pre>
    </figure>
  );
}
