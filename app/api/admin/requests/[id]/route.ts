import { findRequest } from "@/lib/manage/find-request";
import { adminRoute } from "../../admin-route";

export const GET = adminRoute<{ id: string }>(({ params, context }) =>
  findRequest(context, params.id),
);
