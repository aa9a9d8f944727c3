"use client";

import { type ComponentProps, lazy } from "react";
import { LatePopup } from "@/components/late-popup";
import type { TokenMenu as LoadedMenu } from "@/components/tokens/token-menu";
import { TokenMenuButton } from "@/components/tokens/token-menu-button";

const load = () => import("@/components/tokens/token-menu");

const TokenMenu = lazy(async () => ({ default: (await load()).TokenMenu }));

/** A token's button, and its menu. A revoked one is read-only. */
export function LazyTokenMenu(props: ComponentProps<typeof LoadedMenu>) {
  if (props.state === "revoked") return null;
  return (
    <LatePopup
      load={load}
      button={(opener) => (
        <TokenMenuButton name={props.token.name} aria-haspopup="menu" {...opener} />
      )}
    >
      <TokenMenu {...props} />
    </LatePopup>
  );
}
