/** Hands an answer to the browser as a file, under the name its header gives. */
export async function saveResponse(response: Response): Promise<void> {
  const disposition = response.headers.get("content-disposition") ?? "";
  const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? "download";
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The click has begun the download, which holds the data itself.
  URL.revokeObjectURL(url);
}
