import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button";
import type { Member } from "@/lib/auth/member";

/** The member's picture or initials; these aren't text, which the button's name would have to contain. */
export function MemberButton({
  member: { name, image },
  ...props
}: {
  readonly member: Pick<Member, "name" | "image">;
} & ComponentProps<typeof Button>) {
  const t = useTranslations("shell");
  return (
    <Button
      variant="ghost"
      size="icon"
      className="rounded-full"
      aria-label={t("memberMenu", { name })}
      {...props}
    >
      <span
        data-initials={initials(name)}
        className="bg-muted relative flex size-7 items-center justify-center overflow-hidden rounded-full text-xs font-medium before:content-[attr(data-initials)]"
      >
        {image !== null && (
          // biome-ignore lint/performance/noImgElement: small, from elsewhere, and Next's loader is off.
          <img src={image} alt="" referrerPolicy="no-referrer" className="absolute inset-0" />
        )}
      </span>
    </Button>
  );
}

/** `Ada Lovelace` becomes AL; for a name in one word, such as a Chinese one, the first character. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
