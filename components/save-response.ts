/** Saves a response as a file in the browser, under the name in its header. */
export async function saveResponse(response: Response): Promise<void> {
  const disposition = response.headers.get("content-disposition") ?? "";
  const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? "download";
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The click has started the download, which contains the data itself.
  URL.revokeObjectURL(url);
}
