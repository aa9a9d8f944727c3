"use client";

import { type ComponentProps, lazy, Suspense, useState } from "react";
import type { TokenMenu as LoadedMenu } from "@/components/tokens/token-menu";
import { TokenMenuButton } from "@/components/tokens/token-menu-button";

const load = () => import("@/components/tokens/token-menu");

const TokenMenu = lazy(async () => ({ default: (await load()).TokenMenu }));

/** A token's menu, loaded when its button is about to be used. A revoked one is read-only. */
export function LazyTokenMenu(props: ComponentProps<typeof LoadedMenu>) {
  const [isWanted, setIsWanted] = useState(false);
  if (props.state === "revoked") return null;
  const button = (
    <TokenMenuButton
      name={props.token.name}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={load}
      onFocus={load}
      onClick={() => setIsWanted(true)}
    />
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <TokenMenu {...props} />
    </Suspense>
  );
}
