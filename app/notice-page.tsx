import { headers } from "next/headers";
import type { ComponentProps } from "react";
import { Notice } from "@/components/shell/notice";
import { currentMember } from "@/lib/auth/current-member";
import { providerNames } from "@/lib/manage/keys/known-provider";
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
async function readerOf(): Promise<Omit<ComponentProps<typeof PortalFrame>, "children"> | null> {
  try {
    const member = await currentMember();
    if (member === null) return null;
    const context = memberContext(portalEnv(), member, await headers());
    const [right, names] = await Promise.all([rightOf(context, member), providerNames(context)]);
    return { member, right, providerNames: names };
  } catch {
    return null;
  }
}
