"use client";

// biome-ignore lint/style/noRestrictedImports: This is what stands for it elsewhere.
import NextLink from "next/link";
import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";

interface LinkProps extends Omit<ComponentProps<typeof NextLink>, "href" | "prefetch"> {
  readonly href: string;
  /** False for links that stand side by side by the dozen: the pointer passes many on its way to one. */
  readonly prefetch?: false;
}

/**
 * A link to a page of the portal. What shows while the page loads is fetched when the pointer or the focus
 * comes to the link. Next by itself fetches it for every link in view, and again after each action: two dozen
 * requests of the Worker and of the portal's object for one page.
 */
export function Link({ href, prefetch, onPointerEnter, onFocus, ...rest }: LinkProps) {
  const router = useRouter();
  const fetchAhead = () => {
    if (prefetch === undefined) router.prefetch(href);
  };
  return (
    <NextLink
      {...rest}
      href={href}
      prefetch={false}
      onPointerEnter={(event) => {
        onPointerEnter?.(event);
        fetchAhead();
      }}
      onFocus={(event) => {
        onFocus?.(event);
        fetchAhead();
      }}
    />
  );
}
