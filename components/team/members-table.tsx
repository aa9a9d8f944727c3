import { getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import { SortHead } from "@/components/table/sort-head";
import { HolderLimits } from "@/components/team/holder-limits";
import { RemoveMember } from "@/components/team/remove-member";
import { RoleDialog } from "@/components/team/role-dialog";
import { RelativeTime } from "@/components/time/relative-time";
import { Avatar, AvatarFallback, AvatarImage } from "@/components/ui/avatar";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { callerFigureHref } from "@/components/usage/caller-figure-href";
import { FigureCell } from "@/components/usage/figure-cell";
import type { ListedMember } from "@/lib/manage/team/list-members";
import type { OwnerChoice } from "@/lib/manage/tokens/token-owner";
import type { FiguresById } from "@/lib/manage/usage/read-today-figures";
import { CALLER_FIGURES, type CallerFigure } from "@/lib/usage/figures/figure-order";

function hiddenIn(name: CallerFigure): string {
  return name === "limited" ? "@max-[68rem]/list:hidden" : "@max-4xl/list:hidden";
}

/** Everyone on the team. Readers can't remove themselves. */
export async function MembersTable({
  members,
  ownId,
  figures,
  sinceMs,
  heirs,
}: {
  readonly members: readonly ListedMember[];
  readonly ownId: string;
  /** Today's, by member. */
  readonly figures: FiguresById;
  /** When today began, in epoch milliseconds. */
  readonly sinceMs: number;
  /** Who can get the access tokens of someone who is removed. */
  readonly heirs: readonly OwnerChoice[];
}) {
  const t = await getTranslations("team");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")} data-cards>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("columns.member")}</TableHead>
            <TableHead>{t("columns.role")}</TableHead>
            <TableHead>{t("columns.limits")}</TableHead>
            <TableHead className="text-right">{t("columns.tokens")}</TableHead>
            {CALLER_FIGURES.map((name) => (
              <SortHead key={name} name={name} className={hiddenIn(name)}>
                <span title={t(`columns.todayHelp.${name}`)}>{t(`columns.today.${name}`)}</span>
              </SortHead>
            ))}
            <TableHead className="pl-8">{t("columns.lastSeen")}</TableHead>
            <TableHead className="@max-[68rem]/list:hidden">{t("columns.joined")}</TableHead>
            <TableHead className="w-12">
              <span className="sr-only">{t("columns.actions")}</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {members.map((member) => (
            <TableRow key={member.id}>
              <TableCell data-card="title" className="pl-4">
                <MemberName member={member} you={member.id === ownId ? t("you") : null} />
              </TableCell>
              <TableCell data-card="line">
                <RoleDialog
                  id={member.id}
                  name={member.name}
                  role={member.role}
                  tokenCount={member.tokenCount}
                />
              </TableCell>
              <TableCell data-card="line">
                <HolderLimits
                  kind="member"
                  id={member.id}
                  name={member.name}
                  limits={member.limits}
                />
              </TableCell>
              <TableCell className="text-right tabular-nums">{member.tokenCount}</TableCell>
              {CALLER_FIGURES.map((name) => (
                <TableCell
                  key={name}
                  className={`text-right tabular-nums ${hiddenIn(name)}`}
                  {...(name === "requests" && {
                    "data-card": "line",
                    "data-caption": t("columns.today.requests"),
                  })}
                >
                  <FigureCell
                    figures={figures[member.id]}
                    name={name}
                    href={callerFigureHref(name, { user: member.id }, sinceMs)}
                  />
                </TableCell>
              ))}
              <TableCell data-card="line" data-caption={t("columns.lastSeen")} className="pl-8">
                {member.lastSeenAtMs === null ? (
                  <span data-nothing>{t("never")}</span>
                ) : (
                  <RelativeTime ms={member.lastSeenAtMs} />
                )}
              </TableCell>
              <TableCell className="@max-[68rem]/list:hidden">
                <RelativeTime ms={member.createdAtMs} />
              </TableCell>
              <TableCell data-card="aside">
                {member.id !== ownId && (
                  <RemoveMember
                    id={member.id}
                    name={member.name}
                    email={member.email}
                    tokenCount={member.tokenCount}
                    heirs={heirs}
                  />
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function MemberName({
  member: { id, name, email, image },
  you,
}: {
  readonly member: ListedMember;
  /** Marks the reader's row. */
  readonly you: string | null;
}) {
  return (
    <div className="flex items-center gap-3 py-1">
      <Avatar className="size-8">
        {image !== null && <AvatarImage src={image} alt="" />}
        <AvatarFallback className="text-xs font-medium" aria-hidden>
          {Array.from(name)[0]?.toUpperCase()}
        </AvatarFallback>
      </Avatar>
      <div className="min-w-0">
        <p className="truncate font-medium">
          <Link
            data-opens
            href={`/team/${id}`}
            prefetch={false}
            className="underline-offset-4 hover:underline"
          >
            {name}
          </Link>
          {you && <span className="text-muted-foreground ml-2 font-normal">{you}</span>}
        </p>
        <p className="text-muted-foreground truncate">{email}</p>
      </div>
    </div>
  );
}
