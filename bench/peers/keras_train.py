"""Training steps of ResNet-18 by Keras' train_on_batch, every layer trainable, on pictures in memory.

Keras has no ResNet-18 of its own; this is torchvision's, written with Keras' layers (NHWC, padding
as torchvision has it). Options: batch, size, precision.
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from rounds import repeated, serve, settings

asked = settings()
if asked["precision"] == "bfloat16":
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
layers = keras.layers


def convolution(x, filters, kernel, stride):
    if stride > 1 and kernel > 1:
        x = layers.ZeroPadding2D(kernel // 2)(x)
        return layers.Conv2D(filters, kernel, stride, padding="valid", use_bias=False)(x)
    return layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False)(x)


def norm(x):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def block(x, filters, stride):
    y = layers.ReLU()(norm(convolution(x, filters, 3, stride)))
    y = norm(convolution(y, filters, 3, 1))
    if stride > 1 or x.shape[-1] != filters:
        x = norm(convolution(x, filters, 1, stride))
    return layers.ReLU()(layers.Add()([x, y]))


def resnet18(size, classes):
    pictures = keras.Input((size, size, 3))
    x = layers.ReLU()(norm(convolution(pictures, 64, 7, 2)))
    x = layers.MaxPooling2D(3, 2, padding="valid")(layers.ZeroPadding2D(1)(x))
    for depth in range(4):
        for i in range(2):
            x = block(x, 64 * 2**depth, 2 if i == 0 and depth > 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(pictures, layers.Dense(classes, dtype="float32")(x))


size, batch = asked["size"], asked["batch"]
model = resnet18(size, 1000)
model.compile(
    optimizer=keras.optimizers.SGD(0.01, momentum=0.9, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
pictures = np.random.default_rng(0).standard_normal((batch, size, size, 3), dtype=np.float32)
labels = np.arange(batch) % 1000


def step():
    return model.train_on_batch(pictures, labels)


step()
versions = {
    "python": sys.version.split()[0],
    "keras": keras.__version__,
    "tensorflow": tf.__version__,
}
serve(versions, lambda: repeated(batch, step))
