import numpy as np
import pytest
import twins

SIZES = [0, 1, 3, 7, 8, 31, 32, 33, 255, 256, 257, 20_001]


def spread(count, dtype, seed=1):
    return (np.random.default_rng(seed).standard_normal(count) * 8).astype(dtype)


def units_in_the_last_place(result, expected):
    spacing = np.spacing(np.maximum(np.abs(expected), np.finfo(result.dtype).tiny).astype(result.dtype))
    return np.abs(result.astype(np.float64) - expected) / spacing.astype(np.float64)


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize(("dtype", "places"), [(np.float32, 6), (np.float16, 0.51)], ids=["FP32", "FP16"])
def test_mish_of_any_number_of_numbers(shuffled_kernels, count, dtype, places):
    x = spread(count, dtype)
    result = shuffled_kernels.mish(x)
    assert units_in_the_last_place(result, twins.mish(x)).max(initial=0) <= places


@pytest.mark.parametrize("dtype", [np.float32, np.float16], ids=["FP32", "FP16"])
@pytest.mark.parametrize("numbers", [1, 2, 3])
def test_an_address_between_packs_makes_no_difference(kernels, dtype, numbers):
    x = spread(1000, dtype)
    np.testing.assert_array_equal(kernels.mish(x, offset=numbers * x.itemsize), kernels.mish(x))


def test_more_numbers_than_a_full_grid_has_threads(kernels):
    x = np.resize(spread(65_537, np.float16), 8 * 4096 * 256 + 8 * 300)
    np.testing.assert_array_equal(kernels.mish(x), np.resize(kernels.mish(x[:65_537]), len(x)))


def test_every_fp16_number_there_is(kernels):
    x = np.arange(65536, dtype=np.uint16).view(np.float16)
    result = kernels.mish(x)
    numbers = ~np.isnan(x)
    assert np.isnan(result[~numbers]).all()
    assert not np.isnan(result[numbers]).any()
    with np.errstate(over="ignore"):
        expected = twins.mish(x[numbers]).astype(np.float16)
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(result[numbers][~finite], expected[~finite])
    steps = result[numbers][finite].view(np.int16).astype(int) - expected[finite].view(np.int16).astype(int)
    assert np.abs(steps).max() <= 1
    assert (steps != 0).mean() < 0.001


def test_the_whole_range_of_fp32(kernels):
    magnitudes = np.arange(0, 0x7F800000, 9973, dtype=np.uint32)
    x = np.concatenate([magnitudes, magnitudes | np.uint32(1 << 31)]).view(np.float32)
    result, expected = kernels.mish(x), twins.mish(x)
    assert np.isfinite(result).all()
    ordinary = np.abs(expected) > 1e-35  # below, exp(x) is subnormal and keeps fewer digits
    assert units_in_the_last_place(result, expected)[ordinary].max() <= 6
    assert np.abs(result - expected)[~ordinary].max() <= 1e-35


@pytest.mark.parametrize("dtype", [np.float32, np.float16], ids=["FP32", "FP16"])
def test_the_ends_of_the_line(kernels, dtype):
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 20.0, 20.5, -104.0, -105.0], dtype)
    result = kernels.mish(x)
    np.testing.assert_array_equal(result[:2], np.array([np.inf, 0.0], dtype))
    assert np.isnan(result[2])
    np.testing.assert_allclose(result[3:], twins.mish(x[3:]).astype(dtype), rtol=0, atol=1e-43)
    assert np.signbit(result[[1, 3, 4]]).tolist() == [True, False, True]


@pytest.mark.parametrize("shape", [(0, 3, 5), (1, 1, 1), (2, 3, 31), (2, 31, 32), (1, 33, 33), (3, 5, 4096)], ids=str)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float16, 1e-3)], ids=["FP32", "FP16"])
@pytest.mark.parametrize("offset", [0, 4], ids=["aligned", "between packs"])
def test_mish_after_a_bias_of_each_channel(shuffled_kernels, shape, dtype, tolerance, offset):
    x, bias = spread(shape, dtype), spread(shape[1], dtype, seed=2)
    result = shuffled_kernels.bias_mish(x, bias, offset=offset)
    expected = twins.mish(x.astype(np.float64) + bias.astype(np.float64)[None, :, None])
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


def test_sizes_below_zero_are_refused(kernels):
    call = kernels.library.traffic_bias_mish
    assert call(None, None, None, -1, 3, 5, 0, None) == 1
    assert kernels.library.traffic_last_error() == b"bias_mish: expected sizes of 0 or more, got (-1, 3, 5)"


def test_a_type_that_is_none_is_refused(kernels):
    call = kernels.library.traffic_mish
    assert call(None, None, 0, 5, None) == 1
    assert kernels.library.traffic_last_error() == b"mish: expected type 0 (FP32) or 1 (FP16), got 5"
