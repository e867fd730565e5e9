"""SentenceTransformerTrainer, measured whole: shuffling and tokenizing rows are in it."""

import json
import tempfile
import time

import datasets
import sentence_transformers
import torch
import transformers
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.losses import MultipleNegativesRankingLoss

from rival import name_of, plan, settle, tell, wait

PLAN = plan(("model", "texts", "longest"))
with open(PLAN.task, encoding="utf-8") as file:
    TASK = json.load(file)
with open(PLAN.texts, encoding="utf-8") as file:
    ROWS = [json.loads(line) for line in file]
ENDS, LOSSES = [], []


class Clock(transformers.TrainerCallback):
    """Takes the time after every `runs` steps."""

    def on_step_end(self, args, state, control, **rest):
        past = state.global_step - PLAN.warmup
        if past >= 0 and past % PLAN.runs == 0:
            wait()
            ENDS.append(time.perf_counter())

    def on_log(self, args, state, control, logs=None, **rest):
        if logs is not None and "loss" in logs:
            LOSSES.append(float(logs["loss"]))


settle(PLAN.precision)
model = SentenceTransformer(PLAN.model)
model.max_seq_length = int(PLAN.longest)
settings = TASK["optimizer"]
with tempfile.TemporaryDirectory() as output:
    SentenceTransformerTrainer(
        model=model,
        args=SentenceTransformerTrainingArguments(
            output_dir=output,
            per_device_train_batch_size=len(TASK["batches"][0]["anchor"]),
            max_steps=PLAN.warmup + PLAN.times * PLAN.runs,
            learning_rate=settings["learning_rate"],
            weight_decay=settings["weight_decay"],
            bf16=PLAN.precision == "bf16",
            save_strategy="no",
            logging_steps=PLAN.runs,
            report_to="none",
            dataloader_num_workers=2,
            disable_tqdm=True,
        ),
        train_dataset=datasets.Dataset.from_list(ROWS),
        loss=MultipleNegativesRankingLoss(model, scale=TASK["scale"]),
        callbacks=[Clock()],
    ).train()

tell(
    name_of("sentence-transformers", PLAN.precision),
    f"trainer, {TASK['what']}",
    [1000 * (end - start) / PLAN.runs for start, end in zip(ENDS, ENDS[1:])],
    PLAN.runs,
    LOSSES,
    {
        "sentence_transformers": sentence_transformers.__version__,
        "transformers": transformers.__version__,
    },
)
