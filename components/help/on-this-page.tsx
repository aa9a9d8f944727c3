import type { Block, HeadingBlock } from "@/components/help/help-document";

/** A page's sections, next to it if there is room. */
export function OnThisPage({
  title,
  blocks,
}: {
  readonly title: string;
  readonly blocks: readonly Block[];
}) {
  const sections = blocks.filter(isSection);
  if (sections.length < 2) return null;
  return (
    <nav
      aria-label={title}
      className="sticky top-20 max-h-[calc(100dvh-7rem)] self-start overflow-y-auto text-sm max-xl:hidden"
    >
      <p className="mb-2 font-medium">{title}</p>
      <ul className="space-y-1.5 border-l">
        {sections.map(({ id, text }) => (
          <li key={id}>
            <a href={`#${id}`} className="text-muted-foreground hover:text-foreground block pl-3">
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isSection(block: Block): block is HeadingBlock {
  return block.kind === "heading" && block.level === 2;
}
