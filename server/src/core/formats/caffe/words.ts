import * as l10n from '@vscode/l10n';

// The fields of Caffe's messages: facts from caffe.proto (BVLC, and the SSD, Intel, R-CNN, PSPNet, SegNet, ShuffleNet
// and other forks that real files are written for). A field is `name:kind`, or `name*:kind` if it may be repeated.
// Kinds: s string, b boolean, f number, i integer, u integer ≥ 0, (A|B) an enum, `any` a message that is not inspected,
// else the name of a message.
// biome-ignore format: one line for each message
const table = {
  NetParameter: 'name:s input*:s input_shape*:BlobShape input_dim*:i force_backward:b state:NetState debug_info:b layer*:LayerParameter layers*:V1LayerParameter engine:s bn_stats_batch_size:u compile_net_state:any multinode:any quantizer*:any reduced_memory_inference:b default_forward_type:s default_backward_type:s solver_data_type:s default_conv_algos_override:s global_grad_scale:f eltwise_mem_sharing:b',
  BlobShape: 'dim*:i',
  NetState: 'phase:(TRAIN|TEST) level:i stage*:s',
  LayerParameter: 'name:s type:s bottom*:s top*:s phase:(TRAIN|TEST) loss_weight*:f param*:ParamSpec blobs*:BlobProto propagate_down*:b include*:NetStateRule exclude*:NetStateRule transform_param:TransformationParameter loss_param:LossParameter accuracy_param:AccuracyParameter argmax_param:ArgMaxParameter batch_norm_param:BatchNormParameter bias_param:BiasParameter clip_param:ClipParameter concat_param:ConcatParameter contrastive_loss_param:ContrastiveLossParameter convolution_param:ConvolutionParameter crop_param:CropParameter data_param:DataParameter dropout_param:DropoutParameter dummy_data_param:DummyDataParameter eltwise_param:EltwiseParameter elu_param:ELUParameter embed_param:EmbedParameter exp_param:ExpParameter flatten_param:FlattenParameter hdf5_data_param:HDF5DataParameter hdf5_output_param:HDF5OutputParameter hinge_loss_param:HingeLossParameter image_data_param:ImageDataParameter infogain_loss_param:InfogainLossParameter inner_product_param:InnerProductParameter input_param:InputParameter log_param:LogParameter lrn_param:LRNParameter memory_data_param:MemoryDataParameter mvn_param:MVNParameter parameter_param:ParameterParameter pooling_param:PoolingParameter power_param:PowerParameter prelu_param:PReLUParameter python_param:PythonParameter recurrent_param:RecurrentParameter reduction_param:ReductionParameter relu_param:ReLUParameter reshape_param:ReshapeParameter scale_param:ScaleParameter sigmoid_param:SigmoidParameter softmax_param:SoftmaxParameter spp_param:SPPParameter slice_param:SliceParameter swish_param:SwishParameter tanh_param:TanHParameter threshold_param:ThresholdParameter tile_param:TileParameter window_data_param:WindowDataParameter annotated_data_param:AnnotatedDataParameter detection_evaluate_param:DetectionEvaluateParameter detection_output_param:DetectionOutputParameter multibox_loss_param:MultiBoxLossParameter norm_param:NormalizeParameter permute_param:PermuteParameter prior_box_param:PriorBoxParameter video_data_param:VideoDataParameter roi_pooling_param:ROIPoolingParameter psroi_pooling_param:PSROIPoolingParameter smooth_l1_loss_param:SmoothL1LossParameter proposal_param:ProposalParameter shuffle_channel_param:ShuffleChannelParameter interp_param:InterpParameter upsample_param:UpsampleParameter bn_param:BNParameter relu6_param:ReLU6Parameter crelu_param:CReLUParameter normalize_param:NormalizeParameter reorg_param:ReorgParameter split_param:SplitParameter spatial_dropout_param:SpatialDropoutParameter box_annotator_ohem_param:BoxAnnotatorOHEMParameter region_loss_param:RegionLossParameter center_loss_param:CenterLossParameter triplet_loss_param:TripletLossParameter focal_loss_param:FocalLossParameter seg_accuracy_param:SegAccuracyParameter selu_param:any selu_dropout_param:DropoutParameter dense_crf_param:any mask_rcnn_param:any multi_stage_meanfield_param:any image_seg_data_param:any dense_image_data_param:any flip_param:any coeff_schedule_param:any eval_detection_param:any yolov3_detection_output_param:any yolov3_param:any detection_out_param:any correlation_param:any flow_warp_param:any augmentation_param:any resample_param:any hard_sigmoid_param:HardSigmoidParameter hardsigmoid_param:HardSigmoidParameter pixel_shuffle_param:any large_margin_inner_product_param:any margin_inner_product_param:any cosin_add_param:any label_specific_add_param:any noise_param:any mn_activation_param:any mn_grad_compress_param:any multinode:any quantization_param:any engine:s axpy_param:any bilinear_interpolation_param:any roi_align_param:ROIPoolingParameter depthwise_conv_param:any local_param:any view_as:any data_aug_param:any focal_param:any pad_param:any',
  ParamSpec: 'name:s share_mode:(STRICT|PERMISSIVE) lr_mult:f decay_mult:f',
  BlobProto: 'shape:BlobShape data*:f diff*:f double_data*:f double_diff*:f num:i channels:i height:i width:i',
  NetStateRule: 'phase:(TRAIN|TEST) min_level:i max_level:i stage*:s not_stage*:s',
  TransformationParameter: 'scale:f mirror:b crop_size:u mean_file:s mean_value*:f force_color:b force_gray:b crop_h:u crop_w:u resize_param:ResizeParameter noise_param:NoiseParameter distort_param:DistortionParameter expand_param:ExpansionParameter emit_constraint:EmitConstraint scale_factors*:f',
  ResizeParameter: 'prob:f resize_mode:(WARP|FIT_SMALL_SIZE|FIT_LARGE_SIZE_AND_PAD) height:u width:u height_scale:u width_scale:u pad_mode:(CONSTANT|MIRRORED|REPEAT_NEAREST) pad_value*:f interp_mode*:(LINEAR|AREA|NEAREST|CUBIC|LANCZOS4)',
  NoiseParameter: 'prob:f hist_eq:b inverse:b decolorize:b gauss_blur:b jpeg:f posterize:b erode:b saltpepper:b saltpepper_param:SaltPepperParameter clahe:b convert_to_hsv:b convert_to_lab:b',
  SaltPepperParameter: 'fraction:f value*:f',
  DistortionParameter: 'brightness_prob:f brightness_delta:f contrast_prob:f contrast_lower:f contrast_upper:f hue_prob:f hue_delta:f saturation_prob:f saturation_lower:f saturation_upper:f random_order_prob:f',
  ExpansionParameter: 'prob:f max_expand_ratio:f',
  EmitConstraint: 'emit_type:(CENTER|MIN_OVERLAP) emit_overlap:f',
  LossParameter: 'ignore_label:i normalization:(FULL|VALID|BATCH_SIZE|NONE|PRE_FIXED) normalize:b pre_fixed_normalizer:f',
  AccuracyParameter: 'top_k:u axis:i ignore_label:i type:s',
  SegAccuracyParameter: 'ignore_label*:i',
  ArgMaxParameter: 'out_max_val:b top_k:u axis:i',
  BatchNormParameter: 'use_global_stats:b moving_average_fraction:f eps:f engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED) use_weight_bias:b bias_term:b filler:FillerParameter bias_filler:FillerParameter stats_batch_size:u relu:b scale_filler:FillerParameter scale_bias:b frozen:b slope_filler:FillerParameter momentum:f icnet:b',
  FillerParameter: 'type:s value:f min:f max:f mean:f std:f sparse:i variance_norm:(FAN_IN|FAN_OUT|AVERAGE)',
  BiasParameter: 'axis:i num_axes:i filler:FillerParameter',
  ClipParameter: 'min:f max:f',
  ConcatParameter: 'axis:i concat_dim:u',
  ContrastiveLossParameter: 'margin:f legacy_version:b',
  ConvolutionParameter: 'num_output:u bias_term:b pad*:u kernel_size*:u stride*:u dilation*:u pad_h:u pad_w:u kernel_h:u kernel_w:u stride_h:u stride_w:u group:u weight_filler:FillerParameter bias_filler:FillerParameter engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED) axis:i force_nd_im2col:b hole*:u hole_h:u hole_w:u kernel_d:u stride_d:u pad_d:u pad_type:u kstride*:u output_h:u output_w:u pad_l:i pad_r:i pad_t:i pad_b:i input_scale:f output_scale:f weight_scale:f input_zero_point:i output_zero_point:i weight_zero_point:i per_channel_scale_weight:b per_channel_scale_output:b signed_saturate:b saturate:(None|Signed|Unsigned|Signed_8bit|Unsigned_8bit) quantize_method:(tflite|ONNX|Caffe2) weight_fixed:b dis_mode:b gen_mode:b',
  CropParameter: 'axis:i offset*:u',
  DataParameter: 'source:s batch_size:u rand_skip:u backend:(LEVELDB|LMDB) scale:f mean_file:s crop_size:u mirror:b force_encoded_color:b prefetch:u shuffle:b threads:u parser_threads:u cache:b encoded:b',
  DropoutParameter: 'dropout_ratio:f scale_train:b',
  DummyDataParameter: 'data_filler*:FillerParameter shape*:BlobShape num*:u channels*:u height*:u width*:u',
  EltwiseParameter: 'operation:(PROD|SUM|MAX) coeff*:f stable_prod_grad:b fused_relu:b',
  ELUParameter: 'alpha:f',
  EmbedParameter: 'num_output:u input_dim:u bias_term:b weight_filler:FillerParameter bias_filler:FillerParameter',
  ExpParameter: 'base:f scale:f shift:f',
  FlattenParameter: 'axis:i end_axis:i',
  HDF5DataParameter: 'source:s batch_size:u shuffle:b',
  HDF5OutputParameter: 'file_name:s',
  HingeLossParameter: 'norm:(L1|L2)',
  ImageDataParameter: 'source:s batch_size:u rand_skip:u shuffle:b new_height:u new_width:u is_color:b scale:f mean_file:s crop_size:u mirror:b root_folder:s label_dim:u label_type:(NONE|IMAGE|PIXEL)',
  InfogainLossParameter: 'source:s axis:i',
  InnerProductParameter: 'num_output:u bias_term:b weight_filler:FillerParameter bias_filler:FillerParameter axis:i transpose:b normalize:b sign:b',
  InputParameter: 'shape*:BlobShape',
  LogParameter: 'base:f scale:f shift:f',
  LRNParameter: 'local_size:u alpha:f beta:f norm_region:(ACROSS_CHANNELS|WITHIN_CHANNEL) k:f engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED)',
  MemoryDataParameter: 'batch_size:u channels:u height:u width:u',
  MVNParameter: 'normalize_variance:b across_channels:b eps:f',
  ParameterParameter: 'shape:BlobShape',
  PoolingParameter: 'pool:(MAX|AVE|STOCHASTIC|AVE_EXC_PAD|AVE_TF) pad:u pad_h:u pad_w:u kernel_size:u kernel_h:u kernel_w:u stride:u stride_h:u stride_w:u engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED) global_pooling:b round_mode:(CEIL|FLOOR) pad_3d*:u kernel_size_3d*:u stride_3d*:u avg_include_pad:b axis:i ceil_mode:b torch_pooling:b unpool_size:u kernel_d:u stride_d:u pad_d:u kernel_depth:u kernel_l:u stride_l:u pad_l:u pad_r:u pad_t:u pad_b:u pad_type:u output_shift_instead_division:u input_scale:f output_scale:f input_zero_point:i output_zero_point:i saturate:(None|Signed|Unsigned|Signed_8bit|Unsigned_8bit) quantize_method:(tflite|ONNX|Caffe2)',
  PowerParameter: 'power:f scale:f shift:f',
  PReLUParameter: 'filler:FillerParameter channel_shared:b',
  PythonParameter: 'module:s layer:s param_str:s share_in_parallel:b',
  RecurrentParameter: 'num_output:u weight_filler:FillerParameter bias_filler:FillerParameter debug_info:b expose_hidden:b',
  ReductionParameter: 'operation:(SUM|ASUM|SUMSQ|MEAN) axis:i coeff:f',
  ReLUParameter: 'negative_slope:f engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED) fuse:b',
  ReshapeParameter: 'shape:BlobShape axis:i num_axes:i',
  ScaleParameter: 'axis:i num_axes:i filler:FillerParameter bias_term:b bias_filler:FillerParameter',
  SigmoidParameter: 'engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED)',
  SoftmaxParameter: 'engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED) axis:i',
  SPPParameter: 'pyramid_height:u pool:(MAX|AVE|STOCHASTIC) engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED)',
  SliceParameter: 'axis:i slice_point*:u slice_dim:u',
  SwishParameter: 'beta:f',
  TanHParameter: 'engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED)',
  ThresholdParameter: 'threshold:f',
  TileParameter: 'axis:i tiles:i',
  WindowDataParameter: 'source:s scale:f mean_file:s batch_size:u crop_size:u mirror:b fg_threshold:f bg_threshold:f fg_fraction:f context_pad:u crop_mode:s cache_images:b root_folder:s',
  AnnotatedDataParameter: 'batch_sampler*:BatchSampler label_map_file:s anno_type:(BBOX)',
  BatchSampler: 'use_original_image:b sampler:Sampler sample_constraint:SampleConstraint max_sample:u max_trials:u',
  Sampler: 'min_scale:f max_scale:f min_aspect_ratio:f max_aspect_ratio:f',
  SampleConstraint: 'min_jaccard_overlap:f max_jaccard_overlap:f min_sample_coverage:f max_sample_coverage:f min_object_coverage:f max_object_coverage:f',
  DetectionEvaluateParameter: 'num_classes:u background_label_id:u overlap_threshold:f evaluate_difficult_gt:b name_size_file:s resize_param:ResizeParameter',
  DetectionOutputParameter: 'num_classes:u share_location:b background_label_id:i nms_param:NonMaximumSuppressionParameter save_output_param:SaveOutputParameter code_type:(CORNER|CENTER_SIZE|CORNER_SIZE) variance_encoded_in_target:b keep_top_k:i confidence_threshold:f visualize:b visualize_threshold:f save_file:s',
  NonMaximumSuppressionParameter: 'nms_threshold:f top_k:i eta:f',
  SaveOutputParameter: 'output_directory:s output_name_prefix:s output_format:s label_map_file:s name_size_file:s num_test_image:u resize_param:ResizeParameter',
  MultiBoxLossParameter: 'loc_loss_type:(L2|SMOOTH_L1) conf_loss_type:(SOFTMAX|LOGISTIC) loc_weight:f num_classes:u share_location:b match_type:(BIPARTITE|PER_PREDICTION) overlap_threshold:f use_prior_for_matching:b background_label_id:u use_difficult_gt:b do_neg_mining:b neg_pos_ratio:f neg_overlap:f code_type:(CORNER|CENTER_SIZE|CORNER_SIZE) encode_variance_in_target:b map_object_to_agnostic:b ignore_cross_boundary_bbox:b bp_inside:b mining_type:(NONE|MAX_NEGATIVE|HARD_EXAMPLE) nms_param:NonMaximumSuppressionParameter sample_size:i use_prior_for_nms:b',
  NormalizeParameter: 'across_spatial:b scale_filler:FillerParameter channel_shared:b eps:f',
  PermuteParameter: 'order*:u',
  PriorBoxParameter: 'min_size*:f max_size*:f aspect_ratio*:f flip:b clip:b variance*:f img_size:u img_h:u img_w:u step:f step_h:f step_w:f offset:f',
  VideoDataParameter: 'video_type:(WEBCAM|VIDEO) device_id:i video_file:s skip_frames:u',
  ROIPoolingParameter: 'pooled_h:u pooled_w:u spatial_scale:f pooled_size*:u sampling_ratio:i sample_num:u',
  PSROIPoolingParameter: 'spatial_scale:f output_dim:i group_size:i',
  SmoothL1LossParameter: 'sigma:f',
  ProposalParameter: 'feat_stride:u base_size:u min_size:u ratio*:f scale*:f pre_nms_topn:u post_nms_topn:u nms_thresh:f normalize:b clip_before_nms:b clip_after_nms:b for_deformable:b framework:s box_coordinate_scale:f box_size_scale:f',
  ShuffleChannelParameter: 'group:u',
  InterpParameter: 'height:i width:i zoom_factor:i shrink_factor:i pad_beg:i pad_end:i use_blob_size:b',
  UpsampleParameter: 'scale:u scale_h:u scale_w:u pad_out_h:b pad_out_w:b upsample_h:u upsample_w:u height:u width:u mode:s',
  BNParameter: 'slope_filler:FillerParameter scale_filler:FillerParameter bias_filler:FillerParameter shift_filler:FillerParameter momentum:f eps:f frozen:b bn_mode:(LEARN|INFERENCE) engine:(DEFAULT|CAFFE|CUDNN) icnet:b var_eps:f moving_average:b decay:f',
  ReLU6Parameter: 'negative_slope:f engine:(DEFAULT|CAFFE|CUDNN) threshold:f',
  CReLUParameter: 'negative_slope:f concat_axis:i',
  ReorgParameter: 'stride:u reverse:b',
  SplitParameter: 'engine:(DEFAULT|CAFFE|CUDNN|MKL2017|MKLDNN|LIBDNN|INTEL_SPATIAL|FFT|CUDNN_FUSED)',
  SpatialDropoutParameter: 'dropout_ratio:f',
  BoxAnnotatorOHEMParameter: 'roi_per_img:u ignore_label:i',
  RegionLossParameter: 'side:u num_class:u bias_match:u coords:u num:u softmax:u jitter:f rescore:u object_scale:f class_scale:f noobject_scale:f coord_scale:f absolute:u thresh:f random:u biases*:f softmax_tree:s class_map:s',
  CenterLossParameter: 'num_output:u center_filler:FillerParameter axis:i',
  TripletLossParameter: 'margin:f',
  FocalLossParameter: 'type:(ORIGIN|LINEAR) alpha:f gamma:f beta:f axis:i',
  HardSigmoidParameter: 'alpha:f beta:f',
  V1LayerParameter: 'bottom*:s top*:s name:s include*:NetStateRule exclude*:NetStateRule type:(NONE|ABSVAL|ACCURACY|ARGMAX|BNLL|CONCAT|CONTRASTIVE_LOSS|CONVOLUTION|DATA|DECONVOLUTION|DROPOUT|DUMMY_DATA|EUCLIDEAN_LOSS|ELTWISE|EXP|FLATTEN|HDF5_DATA|HDF5_OUTPUT|HINGE_LOSS|IM2COL|IMAGE_DATA|INFOGAIN_LOSS|INNER_PRODUCT|LRN|MEMORY_DATA|MULTINOMIAL_LOGISTIC_LOSS|MVN|POOLING|POWER|RELU|SIGMOID|SIGMOID_CROSS_ENTROPY_LOSS|SILENCE|SOFTMAX|SOFTMAX_LOSS|SPLIT|SLICE|TANH|WINDOW_DATA|THRESHOLD) blobs*:BlobProto param*:s blob_share_mode*:(STRICT|PERMISSIVE) blobs_lr*:f weight_decay*:f loss_weight*:f accuracy_param:AccuracyParameter argmax_param:ArgMaxParameter concat_param:ConcatParameter contrastive_loss_param:ContrastiveLossParameter convolution_param:ConvolutionParameter data_param:DataParameter dropout_param:DropoutParameter dummy_data_param:DummyDataParameter eltwise_param:EltwiseParameter exp_param:ExpParameter hdf5_data_param:HDF5DataParameter hdf5_output_param:HDF5OutputParameter hinge_loss_param:HingeLossParameter image_data_param:ImageDataParameter infogain_loss_param:InfogainLossParameter inner_product_param:InnerProductParameter lrn_param:LRNParameter memory_data_param:MemoryDataParameter mvn_param:MVNParameter pooling_param:PoolingParameter power_param:PowerParameter relu_param:ReLUParameter sigmoid_param:SigmoidParameter softmax_param:SoftmaxParameter slice_param:SliceParameter tanh_param:TanHParameter threshold_param:ThresholdParameter window_data_param:WindowDataParameter transform_param:TransformationParameter loss_param:LossParameter layer:V0LayerParameter',
  V0LayerParameter: 'name:s type:s num_output:u biasterm:b weight_filler:FillerParameter bias_filler:FillerParameter pad:u kernelsize:u group:u stride:u pool:(MAX|AVE|STOCHASTIC) dropout_ratio:f local_size:u alpha:f beta:f k:f source:s scale:f meanfile:s batchsize:u cropsize:u mirror:b blobs*:BlobProto blobs_lr*:f weight_decay*:f rand_skip:u det_fg_threshold:f det_bg_threshold:f det_fg_fraction:f det_context_pad:u det_crop_mode:s new_num:i new_channels:i new_height:i new_width:i shuffle_images:b concat_dim:u hdf5_output_param:HDF5OutputParameter',
} as const;

export type MessageName = keyof typeof table;

export interface FieldSpec {
  readonly name: string;
  readonly repeated: boolean;
  readonly kind: 'string' | 'boolean' | 'number' | 'integer' | 'natural' | 'enum' | 'message' | 'any';
  readonly values: readonly string[];
  readonly message: MessageName | undefined;
}

const parsed = new Map<MessageName, ReadonlyMap<string, FieldSpec>>();

/** The fields of a message by name, parsed from the table on first use. */
export function fieldsOf(message: MessageName): ReadonlyMap<string, FieldSpec> {
  let fields = parsed.get(message);
  if (!fields) {
    fields = new Map(table[message].split(' ').map(text => [text.slice(0, text.search(/[*:]/)), fieldOf(text)]));
    parsed.set(message, fields);
  }
  return fields;
}

/** Messages that have a field with this name, to suggest where it belongs. */
export function homesOf(field: string): readonly MessageName[] {
  return (Object.keys(table) as MessageName[]).filter(message => fieldsOf(message).has(field));
}

const kinds = { s: 'string', b: 'boolean', f: 'number', i: 'integer', u: 'natural', any: 'any' } as const;

function fieldOf(text: string): FieldSpec {
  const at = text.indexOf(':');
  const repeated = text[at - 1] === '*';
  const name = text.slice(0, repeated ? at - 1 : at);
  const type = text.slice(at + 1);
  const base = { name, repeated, values: [] as string[], message: undefined };
  if (type.startsWith('(')) return { ...base, kind: 'enum', values: type.slice(1, -1).split('|') };
  if (Object.hasOwn(kinds, type)) return { ...base, kind: kinds[type as keyof typeof kinds] };
  return { ...base, kind: 'message', message: type as MessageName };
}

/** The minimum of an integer ≥ 0: with less, the layer would do nothing, and Caffe rejects it. */
export function minimumOf(field: string): number {
  return positive.has(field) ? 1 : 0;
}

const positive: ReadonlySet<string> = new Set([
  ...['num_output', 'kernel_size', 'kernel_h', 'kernel_w', 'stride', 'stride_h', 'stride_w', 'dilation', 'hole'],
  ...['kstride', 'group', 'tiles', 'pooled_h', 'pooled_w', 'output_dim', 'group_size', 'pyramid_height', 'local_size'],
]);

/** The explanation of a field. */
export function docOf(message: MessageName, field: string): string | undefined {
  return (docs[`${message}.${field}`] ?? docs[field])?.();
}

/** By field, or by message and field if one name has several meanings. */
const docs: Readonly<Record<string, () => string>> = {
  name: () => l10n.t('The name of the layer: trained weights are found by it.'),
  type: () => l10n.t('The type of the layer.'),
  'FillerParameter.type': () =>
    l10n.t('The distribution of the initial values, such as "xavier" or "gaussian". Costs nothing.'),
  bottom: () => l10n.t('A blob that the layer reads: a top of a layer above.'),
  top: () => l10n.t('A blob that the layer outputs. With the name of the bottom it works in place.'),
  phase: () => l10n.t('TRAIN or TEST.'),
  include: () => l10n.t('The layer is included only if one of its `include` rules matches.'),
  exclude: () => l10n.t('The layer is excluded if one of its `exclude` rules matches.'),
  loss_weight: () => l10n.t('The weight of this loss in training.'),
  param: () => l10n.t('Settings of a parameter blob: weights first, then biases.'),
  'ParamSpec.name': () => l10n.t('Layers that give a parameter blob the same name share it; it is counted once.'),
  lr_mult: () => l10n.t('The learning rate of this blob, as a multiple of the network’s; 0 freezes it.'),
  decay_mult: () => l10n.t('The weight decay of this blob, as a multiple of the network’s.'),
  blobs_lr: () => l10n.t('The learning rates of the parameter blobs, as multiples of the network’s.'),
  propagate_down: () => l10n.t('Whether gradients are passed to this bottom.'),
  num_output: () =>
    l10n.t('The number of outputs: filters of a convolution, features of an inner product, size of a state.'),
  bias_term: () => l10n.t('Whether a learned bias is added to each output.'),
  kernel_size: () =>
    l10n.t('Kernel size, once for all dimensions or once per dimension. MACs and parameters grow with its square.'),
  kernel_h: () => l10n.t('Height of the window.'),
  kernel_w: () => l10n.t('Width of the window.'),
  stride: () => l10n.t('Stride: 2 halves the feature map. Default: 1.'),
  stride_h: () => l10n.t('Vertical stride.'),
  stride_w: () => l10n.t('Horizontal stride.'),
  pad: () => l10n.t('Zero padding around the feature map. Default: 0.'),
  pad_h: () => l10n.t('Padding above and below.'),
  pad_w: () => l10n.t('Padding left and right.'),
  group: () =>
    l10n.t(
      'Number of channel groups: each filter sees only its own group, which divides MACs and weights by this number. Default: 1.',
    ),
  dilation: () => l10n.t('Spacing between kernel elements. Default: 1.'),
  weight_filler: () => l10n.t('How weights are initialized for training. Costs nothing.'),
  bias_filler: () => l10n.t('How biases are initialized for training. Costs nothing.'),
  engine: () => l10n.t('Which implementation computes it. The counts are the same.'),
  pool: () =>
    l10n.t(
      'MAX takes the maximum, AVE the mean; STOCHASTIC samples in training and averages by probability at test time.',
    ),
  global_pooling: () => l10n.t('The window is the whole feature map: one value per channel.'),
  round_mode: () => l10n.t('CEIL (default) keeps a last window that extends past the end, FLOOR drops it.'),
  ceil_mode: () => l10n.t('Of forks: false drops a last window that extends past the end.'),
  dim: () => l10n.t('A size.'),
  input_param: () => l10n.t('The shapes of the inputs.'),
  shape: () => l10n.t('Sizes, batch first.'),
  'ReshapeParameter.shape': () => l10n.t('The new sizes: 0 copies that of the input, −1 is inferred.'),
  axis: () => l10n.t('The axis: 0 is the batch, 1 the channels, −1 the last.'),
  num_axes: () => l10n.t('The number of axes starting at `axis`; −1 is all.'),
  'InnerProductParameter.axis': () => l10n.t('This axis and all after it are flattened into one vector of features.'),
  'InnerProductParameter.transpose': () => l10n.t('The weights are stored transposed; their number is the same.'),
  concat_dim: () => l10n.t('The former name of `axis`.'),
  slice_dim: () => l10n.t('The former name of `axis`.'),
  slice_point: () => l10n.t('Where the axis is cut; one fewer than there are tops.'),
  operation: () => l10n.t('The operation: SUM, PROD or MAX; for Reduction SUM, ASUM, SUMSQ or MEAN.'),
  coeff: () => l10n.t('One factor per bottom; −1 subtracts.'),
  use_global_stats: () => l10n.t('Whether stored statistics are used: always at test time.'),
  moving_average_fraction: () => l10n.t('How slowly the running statistics change.'),
  eps: () => l10n.t('A small number that keeps the divisor from 0.'),
  local_size: () => l10n.t('The number of neighbors that are summed; must be odd.'),
  norm_region: () =>
    l10n.t('ACROSS_CHANNELS sums over neighboring channels, WITHIN_CHANNEL over neighboring positions.'),
  dropout_ratio: () => l10n.t('The fraction of elements that is dropped in training.'),
  negative_slope: () => l10n.t('Negative values are multiplied by this.'),
  channel_shared: () => l10n.t('One learned value for all channels instead of one per channel.'),
  across_spatial: () => l10n.t('Whether the whole feature map is normalized at once instead of each position.'),
  batch_size: () => l10n.t('The number of samples that are read at once. Costs are per sample.'),
  crop_size: () => l10n.t('Height and width that images are cropped to.'),
  mean_value: () => l10n.t('What is subtracted from each channel.'),
  is_color: () => l10n.t('Whether images have three channels.'),
  order: () => l10n.t('For each axis of the top, the axis of the bottom.'),
  min_size: () => l10n.t('Sides of the smaller boxes, in pixels.'),
  max_size: () => l10n.t('Sides of the larger boxes: one more square box each.'),
  aspect_ratio: () => l10n.t('Width by height of further boxes.'),
  flip: () => l10n.t('Whether the inverse of each aspect ratio is used as well.'),
  num_classes: () => l10n.t('Classes, including the background.'),
  keep_top_k: () => l10n.t('The maximum number of boxes.'),
  pooled_h: () => l10n.t('Rows per region.'),
  pooled_w: () => l10n.t('Columns per region.'),
  spatial_scale: () => l10n.t('Size of the feature map relative to the image.'),
  tiles: () => l10n.t('The number of copies.'),
  top_k: () => l10n.t('How many are kept, or may contain the true class.'),
  out_max_val: () => l10n.t('Outputs the values as well, not only their positions.'),
  expose_hidden: () => l10n.t('The state is also a bottom and a top.'),
  input_dim: () => l10n.t('The number of vectors: the size of the vocabulary.'),
  pyramid_height: () => l10n.t('The number of levels: 1, 2×2, 4×4 … bins.'),
  zoom_factor: () => l10n.t('Zooms in and keeps the corners aligned: in + (in − 1)·(factor − 1).'),
  shrink_factor: () => l10n.t('Shrinks and keeps the corners aligned.'),
  'PythonParameter.module': () => l10n.t('The Python file.'),
  'PythonParameter.layer': () => l10n.t('The class in the Python file.'),
};
