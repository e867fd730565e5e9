/**
 * Which paper describes which in-batch ranking loss.
 *
 * @module
 */
import { RANKING_DIRECTIONS, type RankingConfig } from "./ranking_options.ts";

const HENDERSON = `@misc{henderson2017efficient,
    title={Efficient Natural Language Response Suggestion for Smart Reply},
    author={Matthew Henderson and Rami Al-Rfou and Brian Strope and Yun-hsuan Sung and Laszlo Lukacs and Ruiqi Guo and Sanjiv Kumar and Balint Miklos and Ray Kurzweil},
    year={2017},
    eprint={1705.00652},
    archivePrefix={arXiv},
    primaryClass={cs.CL}
}`;

const LI = `@misc{li2023towards,
    title={Towards General Text Embeddings with Multi-stage Contrastive Learning},
    author={Zehan Li and Xin Zhang and Yanzhao Zhang and Dingkun Long and Pengjun Xie and Meishan Zhang},
    year={2023},
    eprint={2308.03281},
    archivePrefix={arXiv},
    primaryClass={cs.CL}
}`;

const GUENTHER = `@misc{guenther2024jina,
    title={Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long Documents},
    author={Michael Günther and Jackmin Ong and Isabelle Mohr and Alaeddine Abdessalem and Tanguy Abel and Mohammad Kalim Akram and Susana Guzman and Georgios Mastrapas and Saba Sturua and Bo Wang and Maximilian Werk and Nan Wang and Han Xiao},
    year={2024},
    eprint={2310.19923},
    archivePrefix={arXiv},
    primaryClass={cs.CL}
}`;

/** The paper on gradient caching in BibTeX, which the cached losses rest on. */
export const GRAD_CACHE_CITATION = `@misc{gao2021scaling,
    title={Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup},
    author={Luyu Gao and Yunyi Zhang and Jiawei Han and Jamie Callan},
    year={2021},
    eprint={2101.06983},
    archivePrefix={arXiv},
    primaryClass={cs.LG}
}`;

/**
 * The paper that uses these directions.
 *
 * @param config The directions and their softmaxes.
 * @returns BibTeX.
 */
export function rankingCitation(
  { directions, partition_mode }: Pick<RankingConfig, "directions" | "partition_mode">,
): string {
  if (partition_mode === "joint" && RANKING_DIRECTIONS.every((name) => directions.includes(name))) {
    return LI;
  }
  return partition_mode === "per_direction" && directions.includes("doc_to_query")
    ? GUENTHER
    : HENDERSON;
}
