/**
 * The paper on losses over triplets.
 *
 * @module
 */

/** The paper on losses over triplets in BibTeX. */
export const TRIPLET_CITATION = `@misc{hermans2017defense,
    title={In Defense of the Triplet Loss for Person Re-Identification},
    author={Alexander Hermans and Lucas Beyer and Bastian Leibe},
    year={2017},
    eprint={1703.07737},
    archivePrefix={arXiv},
    primaryClass={cs.CV}
}`;
