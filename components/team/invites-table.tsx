import { getTranslations } from "next-intl/server";
import { RevokeInvite } from "@/components/team/revoke-invite";
import { Countdown } from "@/components/time/countdown";
import { RelativeTime } from "@/components/time/relative-time";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { OpenInvite } from "@/lib/manage/team/list-invites";

/** Invitations that can still be accepted. Their links can't be shown again. */
export async function InvitesTable({
  invites,
  label,
}: {
  readonly invites: readonly OpenInvite[];
  readonly label: string;
}) {
  const t = await getTranslations("team");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={label} data-cards>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("invites.for")}</TableHead>
            <TableHead>{t("columns.role")}</TableHead>
            <TableHead>{t("invites.by")}</TableHead>
            <TableHead>{t("invites.created")}</TableHead>
            <TableHead>{t("invites.expires")}</TableHead>
            <TableHead className="w-12">
              <span className="sr-only">{t("columns.actions")}</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {invites.map(({ id, email, role, createdByName, createdAtMs, expiresAtMs }) => (
            <TableRow key={id}>
              <TableCell data-card="title" className="pl-4 font-medium">
                {email ?? t("invites.anyone")}
              </TableCell>
              <TableCell data-card="line">{t(`roles.${role}`)}</TableCell>
              <TableCell data-card="line" data-caption={t("invites.by")}>
                {createdByName}
              </TableCell>
              <TableCell>
                <RelativeTime ms={createdAtMs} />
              </TableCell>
              <TableCell
                data-card="line"
                data-caption={t("invites.expires")}
                className="tabular-nums"
              >
                <Countdown untilMs={expiresAtMs} />
              </TableCell>
              <TableCell data-card="aside">
                <RevokeInvite id={id} name={email ?? t("invites.anyone")} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
