import { createCatalogue, type HardwareCatalogue } from "../hardware/catalogue.js";
import { readTextFile } from "../io/read-file.js";
import { parseCatalogue } from "../scenario/catalogue/parse-catalogue.js";

/**
 * The catalogue, with the entries of a file of the user over it.
 *
 * @throws InputError when the file cannot be read or is no catalogue
 */
export async function catalogueWith(file: string | undefined): Promise<HardwareCatalogue> {
  if (file === undefined) return createCatalogue();
  return createCatalogue(parseCatalogue(file, await readTextFile(file)));
}
