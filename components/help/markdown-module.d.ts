declare module "*.md" {
  const document: import("./help-document").HelpDocument;
  export default document;
}
