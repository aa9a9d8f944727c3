declare module "*.md" {
  /** Made by `scripts/docs/help-loader.ts`. */
  const document: import("./help-document").HelpDocument;
  export default document;
}
