import { getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { GroupItem } from "@/lib/manage/groups/list-groups";
import { GroupRoleSelect } from "./group-role-select";
import { RemoveGroupMember } from "./remove-group-member";

/** Who is in a group, and as what. */
export async function GroupMembers({
  group: { id, name, members },
  isAdmin,
}: {
  readonly group: GroupItem;
  /** Whether the reader, an admin of the team, may change them. */
  readonly isAdmin: boolean;
}) {
  const t = await getTranslations("groups");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("page.members")} data-cards>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("columns.member")}</TableHead>
            <TableHead>{t("columns.role")}</TableHead>
            {isAdmin && (
              <TableHead className="w-12">
                <span className="sr-only">{t("columns.actions")}</span>
              </TableHead>
            )}
          </TableRow>
        </TableHeader>
        <TableBody>
          {members.map((member) => (
            <TableRow key={member.id}>
              <TableCell data-card="title" className="pl-4">
                <p className="truncate font-medium">
                  {isAdmin ? (
                    <Link
                      href={`/team/${member.id}`}
                      prefetch={false}
                      className="underline-offset-4 hover:underline"
                    >
                      {member.name}
                    </Link>
                  ) : (
                    member.name
                  )}
                </p>
                <p className="text-muted-foreground truncate">{member.email}</p>
              </TableCell>
              <TableCell data-card="line">
                {isAdmin ? (
                  <GroupRoleSelect groupId={id} member={member} />
                ) : (
                  t(`roles.${member.role}`)
                )}
              </TableCell>
              {isAdmin && (
                <TableCell data-card="aside">
                  <RemoveGroupMember groupId={id} groupName={name} member={member} />
                </TableCell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
