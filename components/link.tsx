"use client";

// biome-ignore lint/style/noRestrictedImports: This is what stands for it elsewhere.
import NextLink from "next/link";
import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";

interface LinkProps extends Omit<ComponentProps<typeof NextLink>, "href" | "prefetch"> {
  readonly href: string;
  /** False for links that appear in large numbers side by side: the pointer crosses many on its way to one. */
  readonly prefetch?: false;
}

/**
 * A link to a page of the portal. What is shown while the page loads is fetched when the link is hovered over or
 * focused. Next itself would fetch it for every link in view, and again after each action: two dozen requests to the
 * Worker and to the portal's object for one page.
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
