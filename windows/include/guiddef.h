/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* GUIDs. DEFINE_GUID declares; it defines in the file that includes <initguid.h> first. */
#ifndef WHITHER_GUIDDEF_H
#define WHITHER_GUIDDEF_H

#include <basetsd.h>

typedef struct _GUID {
	UINT32 Data1;
	UINT16 Data2;
	UINT16 Data3;
	UINT8 Data4[8];
} GUID;
#define GUID_DEFINED

typedef GUID *LPGUID, IID, *LPIID, CLSID, *LPCLSID, FMTID, *LPFMTID;
typedef const GUID *LPCGUID;
#ifdef __cplusplus
#define REFGUID const GUID &
#define REFIID const IID &
#define REFCLSID const CLSID &
#else
#define REFGUID const GUID *
#define REFIID const IID *
#define REFCLSID const CLSID *
#endif

WHITHER_STATIC_ASSERT(sizeof(GUID) == 16);

#ifdef __cplusplus
extern "C++" {
static inline int InlineIsEqualGUID(REFGUID one, REFGUID other)
{
	return __builtin_memcmp(&one, &other, sizeof(GUID)) == 0;
}
static inline int IsEqualGUID(REFGUID one, REFGUID other)
{
	return InlineIsEqualGUID(one, other);
}
static inline bool operator==(REFGUID one, REFGUID other)
{
	return InlineIsEqualGUID(one, other) != 0;
}
static inline bool operator!=(REFGUID one, REFGUID other)
{
	return InlineIsEqualGUID(one, other) == 0;
}
}
#else
#define IsEqualGUID(one, other) (__builtin_memcmp((one), (other), sizeof(GUID)) == 0)
#define InlineIsEqualGUID(one, other) IsEqualGUID(one, other)
#endif
#define IsEqualIID(one, other) IsEqualGUID(one, other)
#define IsEqualCLSID(one, other) IsEqualGUID(one, other)

#endif

/* Outside the guard: <initguid.h> changes what DEFINE_GUID means from there on. */
#undef DEFINE_GUID
#undef EXTERN_GUID
#undef WHITHER_GUID_EXTERN
#ifdef INITGUID
#ifdef __cplusplus
#define WHITHER_GUID_EXTERN extern "C"
#else
#define WHITHER_GUID_EXTERN
#endif
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                \
	WHITHER_EXTERN_C const GUID name;                                           \
	WHITHER_GUID_EXTERN const GUID name __attribute__((__weak__, __used__)) = { \
		l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	WHITHER_EXTERN_C const GUID name
#endif
#define EXTERN_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)
