import { answerStoreCall } from "./remote-d1";

export default {
  fetch: (request, env) => answerStoreCall(request, env.DB),
} satisfies ExportedHandler<{ readonly DB: D1Database }>;
