import { headers } from "next/headers";
import type { ComponentProps } from "react";
import { Notice } from "@/components/shell/notice";
import { currentMember, type Member } from "@/lib/auth/current-member";
import type { Right } from "@/lib/auth/member";
import { memberContext, portalEnv } from "./portal-context";
import { PortalFrame } from "./portal-frame";
import { rightOf } from "./right-of";

/** A page that there isn't, or that isn't for the reader: within the portal's frame for members, alone for others. */
export async function NoticePage(notice: ComponentProps<typeof Notice>) {
  const reader = await readerOf();
  if (reader === null) {
    return (
      <main className="flex min-h-dvh items-center justify-center px-4">
        <Notice {...notice} />
      </main>
    );
  }
  return (
    <PortalFrame {...reader}>
      <Notice {...notice} />
    </PortalFrame>
  );
}

/** Null for visitors, and if it can't be read: the notice is shown in any case. */
async function readerOf(): Promise<{ readonly member: Member; readonly right: Right } | null> {
  try {
    const member = await currentMember();
    if (member === null) return null;
    const context = memberContext(portalEnv(), member, await headers());
    return { member, right: await rightOf(context, member) };
  } catch {
    return null;
  }
}
