import { env } from "cloudflare:workers";
import { emptyDatabase } from "../empty-database";
import { migrate } from "./migrate";

// Files share the database as they share modules: each finds it as the migrations left it.
await migrate(env.DB);
await emptyDatabase(env.DB);
