import { openApiDocument } from "@/lib/manage/open-api-document";
import { version } from "@/package.json";

/** Public: it describes the admin API and contains nothing about this deployment. */
export function GET(): Response {
  return Response.json(openApiDocument(version));
}
