import { getTranslations } from "next-intl/server";
import { helpClients, helpGroups } from "@/components/help/help-topics";
import { PaletteButton } from "@/components/palette/palette-button";
import { Brand } from "@/components/shell/brand";
import { LazyMemberMenu } from "@/components/shell/lazy-member-menu";
import { PathCrumbs } from "@/components/shell/path-crumbs";
import { PhoneNavigation } from "@/components/shell/phone-navigation";
import type { Member, Right } from "@/lib/auth/member";

/** Titles of the help's pages, by the last part of their path. */
async function helpTitles(): Promise<Readonly<Record<string, string>>> {
  const t = await getTranslations("help.topics");
  const topics = helpGroups.flatMap((group) => group.topics);
  return Object.fromEntries([
    ...topics.map(({ topic }) => [topic, t(`${topic}.title`)]),
    ...helpClients.map(({ slug, label }) => [slug, label]),
  ]);
}

/** The current location, the way to anywhere else, and the signed-in member. */
export async function Topbar({
  member,
  right,
  signOut,
}: {
  readonly member: Member;
  readonly right: Right;
  readonly signOut: () => Promise<void>;
}) {
  const { name, email, image } = member;
  return (
    <div className="bg-background sticky top-0 z-20 flex h-14 items-center gap-2 border-b px-4 md:px-6">
      <PhoneNavigation role={right} />
      <div className="md:hidden">
        <Brand />
      </div>
      <PathCrumbs right={right} helpTitles={await helpTitles()} />
      <div className="ml-auto flex items-center gap-2">
        <PaletteButton role={right} />
        <LazyMemberMenu member={{ name, email, image }} signOut={signOut} />
      </div>
    </div>
  );
}
