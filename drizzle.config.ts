import { defineConfig } from "drizzle-kit";

/** `npm run db:generate` writes the migration for what changed in the schema. */
export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./lib/db/schema/schema.ts",
    "./lib/db/schema/alert-schema.ts",
    "./lib/db/schema/incident-schema.ts",
    "./lib/db/schema/lease-schema.ts",
    "./lib/db/schema/team-schema.ts",
    "./lib/db/schema/upkeep-schema.ts",
    "./lib/db/schema/usage-schema.ts",
  ],
  out: "./drizzle",
});
