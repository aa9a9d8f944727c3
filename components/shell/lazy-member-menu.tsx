"use client";

import { type ComponentProps, lazy } from "react";
import { LatePopup } from "@/components/late-popup";
import { MemberButton } from "@/components/shell/member-button";
import type { MemberMenu as LoadedMenu } from "@/components/shell/member-menu";

const load = () => import("@/components/shell/member-menu");

const MemberMenu = lazy(async () => ({ default: (await load()).MemberMenu }));

/** The member's button, and its menu. */
export function LazyMemberMenu(props: ComponentProps<typeof LoadedMenu>) {
  return (
    <LatePopup
      load={load}
      button={(opener) => <MemberButton member={props.member} aria-haspopup="menu" {...opener} />}
    >
      <MemberMenu {...props} />
    </LatePopup>
  );
}
