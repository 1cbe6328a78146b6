/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* min and max, without NOMINMAX. In C++ they are functions: macros would break the C++ library's headers. */
#ifndef NOMINMAX
#ifndef __cplusplus
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef __max
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#elif !defined(WHITHER_MINMAX_H) && __cplusplus >= 201402L
#define WHITHER_MINMAX_H
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"
#ifndef max
extern "C++" {
template <class whither_a, class whither_b> constexpr auto max(whither_a a, whither_b b)
{
	return a > b ? a : b;
}
}
#endif
#ifndef min
extern "C++" {
template <class whither_a, class whither_b> constexpr auto min(whither_a a, whither_b b)
{
	return a < b ? a : b;
}
}
#endif
#pragma GCC diagnostic pop
#endif
#endif
