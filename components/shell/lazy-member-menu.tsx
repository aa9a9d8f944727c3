"use client";

import { type ComponentProps, lazy, Suspense, useState } from "react";
import { MemberButton } from "@/components/shell/member-button";
import type { MemberMenu as LoadedMenu } from "@/components/shell/member-menu";

const load = () => import("@/components/shell/member-menu");

const MemberMenu = lazy(async () => ({ default: (await load()).MemberMenu }));

/** The member's button; its menu is loaded when the button is about to be used. */
export function LazyMemberMenu(props: ComponentProps<typeof LoadedMenu>) {
  const [isWanted, setIsWanted] = useState(false);
  const button = (
    <MemberButton
      member={props.member}
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
      <MemberMenu {...props} />
    </Suspense>
  );
}
